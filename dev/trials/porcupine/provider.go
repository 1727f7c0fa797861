package main

import (
	"bufio"
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"math/rand"
	"os"
	"strings"
	"sync/atomic"
	"time"
)

func newChance(seed int64) *rand.Rand { return rand.New(rand.NewSource(seed)) }

// Provider is a node: it says that it lives, and provides for the parts that it is given until it is told otherwise or their time is over.
type provider struct {
	id       string
	caller   *caller
	beat     time.Duration
	sequence int
	seen     number
	answers  []map[string]any
	held     map[string]*Hold
	silent   atomic.Int64 // until when, in nanoseconds of the load
}

// providersOf reads the nodes that cpcctl has registered.
func providersOf(path string, targets []string, beat time.Duration) ([]*provider, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	var providers []*provider
	lines := bufio.NewScanner(file)
	for lines.Scan() {
		var line struct {
			Token string `json:"token"`
		}
		if err := json.Unmarshal(lines.Bytes(), &line); err != nil {
			return nil, err
		}
		if line.Token == "" {
			continue
		}
		id, err := subject(line.Token)
		if err != nil {
			return nil, err
		}
		turn := len(providers)
		providers = append(providers, &provider{id: id, caller: newCaller(targets, turn, line.Token, newChance(int64(turn))), beat: beat, held: map[string]*Hold{}})
	}
	return providers, lines.Err()
}

// subject reads whose a token is.
func subject(token string) (string, error) {
	parts := strings.Split(token, ".")
	if len(parts) != 3 {
		return "", fmt.Errorf("no token: %d parts", len(parts))
	}
	text, err := base64.RawURLEncoding.DecodeString(parts[1])
	if err != nil {
		return "", err
	}
	var claims struct {
		Sub string `json:"sub"`
	}
	return claims.Sub, json.Unmarshal(text, &claims)
}

// What the server wants.
type beaten struct {
	RegisterAgain bool `json:"registerAgain"`
	Tokens        struct {
		AccessToken string `json:"accessToken"`
	} `json:"tokens"`
	Directives *struct {
		Version number `json:"version"`
		Given   []struct {
			AllocationID string `json:"allocationId"`
			Number       int    `json:"number"`
			Epoch        number `json:"epoch"`
			ExpiresInMs  number `json:"expiresInMs"`
			Exclusive    bool   `json:"exclusive"`
		} `json:"given"`
	} `json:"directives"`
}

func (p *provider) run(stop context.Context, l *world) {
	for stop.Err() == nil {
		if until := p.silent.Load(); until > l.now() {
			p.expire(l)
			time.Sleep(20 * time.Millisecond)
			continue
		}
		p.say(l)
		p.expire(l)
		select {
		case <-stop.Done():
		case <-time.After(p.beat):
		}
	}
	now := l.now()
	for key := range p.held {
		p.end(l, key, now)
	}
}

func (p *provider) say(l *world) {
	p.sequence++
	sent := l.now()
	body := map[string]any{"sequence": fmt.Sprint(p.sequence), "used": map[string]any{"cpuMillicores": "100"},
		"directivesSeen": fmt.Sprint(p.seen)}
	if len(p.answers) > 0 {
		body["answers"] = p.answers
	}
	given := p.caller.call("POST", "/v1/heartbeat", body)
	var got beaten
	if given.status != 200 || json.Unmarshal(given.body, &got) != nil {
		l.lock.Lock()
		defer l.lock.Unlock()
		if given.status == 0 {
			given.Reason = "NO_ANSWER"
		}
		l.silences[fmt.Sprintf("%d %s", given.status, given.Reason)]++
		return
	}
	p.answers = nil
	if got.Tokens.AccessToken != "" {
		p.caller.token = got.Tokens.AccessToken
	}
	if p.silent.Load() > l.now() {
		// It fell silent meanwhile: what came is not heard.
		return
	}
	if got.Directives == nil {
		return
	}
	p.seen = got.Directives.Version
	now, named := l.now(), map[string]bool{}
	for _, part := range got.Directives.Given {
		key := fmt.Sprintf("%s/%d", part.AllocationID, part.Number)
		named[key] = true
		end := sent + int64(part.ExpiresInMs)*1e6
		if held := p.held[key]; held != nil && held.Epoch == uint64(part.Epoch) {
			held.End = end
			continue
		} else if held != nil && held.Epoch > uint64(part.Epoch) {
			continue
		}
		p.end(l, key, now)
		p.held[key] = &Hold{part.AllocationID, part.Number, uint64(part.Epoch), p.id, now, end, part.Exclusive}
		p.answers = append(p.answers, map[string]any{"allocationId": part.AllocationID, "number": part.Number, "epoch": fmt.Sprint(part.Epoch)})
	}
	for key := range p.held {
		if !named[key] {
			p.end(l, key, now)
		}
	}
}

// expire ends what has run out by the node's own clock.
func (p *provider) expire(l *world) {
	now := l.now()
	for key, held := range p.held {
		if held.End <= now {
			p.end(l, key, now)
		}
	}
}

func (p *provider) end(l *world, key string, now int64) {
	held := p.held[key]
	if held == nil {
		return
	}
	delete(p.held, key)
	held.End = min(held.End, now)
	l.lock.Lock()
	defer l.lock.Unlock()
	l.history.Holds = append(l.history.Holds, *held)
}

// silence lets one node after the other fall silent, so long that what it has is moved elsewhere.
func silence(stop context.Context, providers []*provider, times int, long time.Duration, l *world, chance *rand.Rand) {
	for range times {
		one := providers[chance.Intn(len(providers))]
		one.silent.Store(l.now() + int64(long))
		select {
		case <-stop.Done():
			return
		case <-time.After(long + time.Duration(chance.Intn(3000))*time.Millisecond):
		}
	}
}
