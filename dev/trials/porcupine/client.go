package main

import (
	"encoding/json"
	"fmt"
	"slices"
	"sync"
	"time"
)

// After the load has ended, an answer that has not come is waited for so long.
const patience = 60 * time.Second

// What a caller has.
type lease struct {
	id      string
	isShort bool
	// When it may be over.
	due time.Time
}

// Client asks for, looks at, renews and gives back allocations, one after the other.
type client struct {
	load   *world
	number int
	count  int
	caller *caller
	held   []lease
	over   []string
}

func (c *client) run() {
	for time.Now().Before(c.load.until) {
		c.step()
	}
}

func (c *client) step() {
	chance := c.caller.chance.Intn(100)
	if c.load.calm {
		// What is held is kept, so that it is seen to move.
		switch {
		case len(c.held) < c.load.hold:
			c.ask()
		case chance < 2:
			c.release(c.held[c.caller.chance.Intn(len(c.held))])
		default:
			c.renew(c.held[c.caller.chance.Intn(len(c.held))])
		}
		time.Sleep(time.Duration(200+c.caller.chance.Intn(400)) * time.Millisecond)
		return
	}
	switch {
	case len(c.held) == 0 || (len(c.held) < c.load.hold && chance < 45):
		c.ask()
	case chance < 60:
		c.renew(c.held[c.caller.chance.Intn(len(c.held))])
	case chance < 70:
		c.look(c.held[c.caller.chance.Intn(len(c.held))])
	case chance < 75 && len(c.over) > 0:
		// What is over stays over.
		c.renew(lease{id: c.over[c.caller.chance.Intn(len(c.over))]})
	default:
		c.release(c.held[c.caller.chance.Intn(len(c.held))])
	}
}

// ask asks for room, now and then twice at once under the same name.
func (c *client) ask() {
	c.count++
	chance := c.caller.chance
	nodes := []int{1, 1, 1, 1, 1, 2, 2, 3}[chance.Intn(8)]
	nodes = min(nodes, len(c.load.fleet))
	cpu, memory := int64(200+100*chance.Intn(10)), int64(256<<20)*int64(1+chance.Intn(6))
	isShort, isExclusive := !c.load.calm && chance.Intn(10) == 0, chance.Intn(5) == 0 || (c.load.calm && chance.Intn(2) == 0)
	op := Op{Client: c.number, Kind: request, RequestID: fmt.Sprintf("%d-%d", c.number, c.count), Cpu: cpu, Memory: memory, Exclusive: isExclusive}
	ttl := c.load.longTTL
	if isShort {
		ttl, op.TTL = c.load.shortTTL, c.load.shortTTL
	}
	body := map[string]any{
		"resources": map[string]any{"cpuMillicores": fmt.Sprint(cpu), "memoryBytes": fmt.Sprint(memory)},
		"nodes":     nodes, "exclusive": isExclusive, "ttlSeconds": ttl, "requestId": op.RequestID,
	}
	if chance.Intn(2) == 0 {
		body["strategy"] = "PLACEMENT_STRATEGY_BINPACK"
	}
	asked := []*caller{c.caller}
	if chance.Intn(20) == 0 {
		asked = append(asked, newCaller(c.caller.targets, c.caller.turn+1, c.caller.token, chance))
	}
	found := make([]*lease, len(asked))
	var all sync.WaitGroup
	for index, one := range asked {
		call := func() { found[index] = c.askOnce(one, op, body, ttl) }
		if len(asked) == 1 {
			call()
			continue
		}
		// A random source is not for two at once.
		if index > 0 {
			one.chance = newChance(int64(c.number)*1_000_003 + int64(c.count))
		}
		all.Add(1)
		go func() { defer all.Done(); call() }()
	}
	all.Wait()
	for _, one := range found {
		if one != nil {
			c.held = append(c.held, *one)
			return
		}
	}
}

func (c *client) askOnce(with *caller, op Op, body any, ttl int64) *lease {
	op.Call = c.load.now()
	given, tries := with.insist("POST", "/v1/allocations", body, c.load.until.Add(patience))
	op.Return, op.Tries, op.Reason = c.load.now(), tries, given.Reason
	var got leased
	switch {
	case given.status == 200 && json.Unmarshal(given.body, &got) == nil:
		op.Outcome, op.ID, op.Nodes = granted, got.ID, got.nodes()
		if got.isOver() {
			// Asked so late that it is over already: where it was is not known.
			op.Outcome = ended
		}
	case given.passes():
		op.Outcome = unclear
	default:
		op.Outcome = refused
		if given.status != 429 {
			op.Reason = fmt.Sprintf("%d %s", given.status, given.body)
		}
	}
	c.load.note(op)
	if op.Outcome != granted {
		time.Sleep(time.Duration(5+with.chance.Intn(30)) * time.Millisecond)
		return nil
	}
	return &lease{id: got.ID, isShort: op.TTL > 0, due: time.Now().Add(time.Duration(ttl) * time.Second)}
}

// done notes how an operation on an allocation ended, and forgets one that is over.
func (c *client) done(kind string, one lease, method, path string, body any, isGranted func(leased) bool) {
	op := Op{Client: c.number, Kind: kind, ID: one.id, Call: c.load.now()}
	given, tries := c.caller.insist(method, path, body, c.load.until.Add(patience))
	op.Return, op.Tries, op.Reason = c.load.now(), tries, given.Reason
	var got struct {
		Allocation leased `json:"allocation"`
	}
	switch {
	case given.status == 200 && json.Unmarshal(given.body, &got) == nil && isGranted(got.Allocation):
		op.Outcome = granted
	case given.status == 200, given.Reason == "ALLOCATION_ENDED", given.status == 404:
		op.Outcome = ended
	case given.passes():
		op.Outcome = unclear
	default:
		op.Outcome = unclear
		op.Reason = fmt.Sprintf("%d %s", given.status, given.body)
	}
	c.load.note(op)
	if op.Outcome == ended || kind == release {
		c.held = slices.DeleteFunc(c.held, func(other lease) bool { return other.id == one.id })
		if op.Outcome != unclear {
			c.over = append(c.over, one.id)
			c.over = c.over[max(0, len(c.over)-5):]
		}
	}
}

func (c *client) renew(one lease) {
	if one.isShort {
		// It is left to expire, and looked at when it may have.
		if time.Now().Before(one.due) {
			return
		}
		c.look(one)
		time.Sleep(50 * time.Millisecond)
		return
	}
	isLive := func(got leased) bool { return !got.isOver() }
	c.done(renew, one, "POST", "/v1/allocations/"+one.id+"/renew", map[string]any{}, isLive)
}

func (c *client) look(one lease) {
	c.done(look, one, "GET", "/v1/allocations/"+one.id, nil, func(got leased) bool { return !got.isOver() })
}

func (c *client) release(one lease) {
	if one.isShort && time.Now().After(one.due.Add(-2*time.Second)) {
		c.renew(one)
		return
	}
	c.done(release, one, "POST", "/v1/allocations/"+one.id+"/release", map[string]any{}, func(leased) bool { return true })
}
