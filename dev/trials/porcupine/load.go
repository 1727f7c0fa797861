package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"math/rand"
	"os"
	"strings"
	"sync"
	"time"
)

// World is what all callers share.
type world struct {
	history  *History
	begin    time.Time
	until    time.Time
	lock     sync.Mutex
	shortTTL int64
	longTTL  int64
	fleet    []string
	silences map[string]int // heartbeats that were not answered well
	hold     int
	calm     bool
}

func (l *world) now() int64 { return int64(time.Since(l.begin)) }

func (l *world) note(op Op) {
	l.lock.Lock()
	defer l.lock.Unlock()
	l.history.Ops = append(l.history.Ops, op)
}

func load(arguments []string) error {
	flags := flag.NewFlagSet("load", flag.ExitOnError)
	targets := flags.String("targets", "", "REST addresses of the replicas, with commas between")
	direct := flags.String("direct", "", "where the nodes call [default: the same]")
	agents := flags.String("agents", "", "the file of nodes that cpcctl bench heartbeat wrote")
	out := flags.String("out", "history.json", "where the history goes")
	clients := flags.Int("clients", 200, "how many callers ask at once")
	seconds := flags.Float64("seconds", 30, "for how long")
	seed := flags.Int64("seed", 1, "of all that is chosen at random")
	shortTTL := flags.Int64("short-ttl", 5, "seconds to the deadline of what nobody renews")
	longTTL := flags.Int64("long-ttl", 3600, "seconds to the deadline of everything else")
	hold := flags.Int("hold", 3, "how many allocations a caller has at most")
	silences := flags.Int("silences", 0, "how often a node falls silent until it is taken for dead")
	silent := flags.Float64("silent", 12, "for how many seconds")
	beat := flags.Float64("beat", 1, "seconds between two heartbeats of a node")
	_ = flags.Parse(arguments)
	token := os.Getenv("CPC_TRIAL_TOKEN")
	chance := rand.New(rand.NewSource(*seed))
	begin := time.Now()
	l := &world{
		history:  &History{Seed: *seed, Nodes: map[string]Amounts{}},
		silences: map[string]int{},
		begin:    begin,
		until:    begin.Add(time.Duration(*seconds * float64(time.Second))),
		shortTTL: *shortTTL, longTTL: *longTTL, hold: *hold, calm: *silences > 0,
	}
	ways := strings.Split(*targets, ",")
	if err := l.findNodes(newCaller(ways, 0, token, chance)); err != nil {
		return err
	}
	if *direct == "" {
		direct = targets
	}
	providers, err := providersOf(*agents, strings.Split(*direct, ","), time.Duration(*beat*float64(time.Second)))
	if err != nil {
		return err
	}
	stop, cancel := context.WithCancel(context.Background())
	var beating, calling sync.WaitGroup
	for _, one := range providers {
		beating.Add(1)
		go func() { defer beating.Done(); one.run(stop, l) }()
	}
	if *silences > 0 {
		go silence(stop, providers, *silences, time.Duration(*silent*float64(time.Second)), l, rand.New(rand.NewSource(*seed+1)))
	}
	for number := range *clients {
		one := &client{load: l, number: number, caller: newCaller(ways, number, token, rand.New(rand.NewSource(*seed*1000+int64(number))))}
		calling.Add(1)
		go func() { defer calling.Done(); one.run() }()
	}
	calling.Wait()
	cancel()
	beating.Wait()
	l.history.End = l.now()
	fmt.Println(summary(l.history))
	if len(l.silences) > 0 {
		text, _ := json.Marshal(l.silences)
		fmt.Println("heartbeats that were not answered:", string(text))
	}
	return write(*out, l.history)
}

// findNodes learns what there is to lease.
func (l *world) findNodes(c *caller) error {
	given, _ := c.insist("GET", "/v1/nodes?page_size=500", nil, time.Now().Add(30*time.Second))
	var page struct {
		Nodes []struct {
			ID       string `json:"id"`
			Capacity struct {
				Cpu    number `json:"cpuMillicores"`
				Memory number `json:"memoryBytes"`
			} `json:"capacity"`
		} `json:"nodes"`
	}
	if err := json.Unmarshal(given.body, &page); err != nil || given.status != 200 {
		return fmt.Errorf("cannot list nodes: %d %s %s", given.status, given.Reason, given.body)
	}
	for _, node := range page.Nodes {
		l.history.Nodes[node.ID] = Amounts{int64(node.Capacity.Cpu), int64(node.Capacity.Memory)}
		l.fleet = append(l.fleet, node.ID)
	}
	if len(l.fleet) == 0 {
		return errors.New("there are no nodes")
	}
	return nil
}

func summary(history *History) string {
	counts, tries := map[string]int{}, 0
	for _, op := range history.Ops {
		counts[op.Kind+" "+op.Outcome]++
		tries += op.Tries - 1
	}
	text, _ := json.Marshal(counts)
	return fmt.Sprintf("%d operations on %d nodes, asked again %d times, %d times that a node provided: %s",
		len(history.Ops), len(history.Nodes), tries, len(history.Holds), text)
}
