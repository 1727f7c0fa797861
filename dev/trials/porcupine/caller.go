package main

import (
	"bytes"
	"encoding/json"
	"io"
	"math/rand"
	"net/http"
	"strconv"
	"time"
)

// Caller calls over REST, each time at the next target; what gets no answer is asked again elsewhere.
type caller struct {
	targets []string
	turn    int
	token   string
	http    *http.Client
	chance  *rand.Rand
}

func newCaller(targets []string, turn int, token string, chance *rand.Rand) *caller {
	transport := &http.Transport{MaxIdleConnsPerHost: 1, MaxConnsPerHost: 2}
	return &caller{targets, turn, token, &http.Client{Transport: transport, Timeout: 8 * time.Second}, chance}
}

type answer struct {
	status int
	body   []byte
	Reason string `json:"reason"`
}

// call asks once; the status is 0 where there was no answer.
func (c *caller) call(method, path string, body any) answer {
	c.turn++
	target := c.targets[c.turn%len(c.targets)]
	var reader io.Reader
	if body != nil {
		text, err := json.Marshal(body)
		if err != nil {
			return answer{Reason: err.Error()}
		}
		reader = bytes.NewReader(text)
	}
	asked, err := http.NewRequest(method, target+path, reader)
	if err != nil {
		return answer{Reason: err.Error()}
	}
	asked.Header.Set("content-type", "application/json")
	asked.Header.Set("authorization", "Bearer "+c.token)
	got, err := c.http.Do(asked)
	if err != nil {
		return answer{Reason: err.Error()}
	}
	defer got.Body.Close()
	text, err := io.ReadAll(got.Body)
	if err != nil {
		return answer{Reason: err.Error()}
	}
	given := answer{status: got.StatusCode, body: text}
	if got.StatusCode != http.StatusOK {
		_ = json.Unmarshal(text, &given)
	}
	return given
}

// passes tells whether a refusal may be over soon, so that the same is asked again.
func (a answer) passes() bool {
	switch a.status {
	case 0, http.StatusServiceUnavailable, http.StatusGatewayTimeout, http.StatusInternalServerError:
		return true
	case http.StatusTooManyRequests:
		return a.Reason == "RATE_LIMITED" || a.Reason == "OVERLOADED"
	case http.StatusConflict:
		return a.Reason == "WRITE_CONFLICT"
	}
	return false
}

// insist asks until there is an answer, or the time is over; gives how often it asked.
func (c *caller) insist(method, path string, body any, until time.Time) (answer, int) {
	for tries := 1; ; tries++ {
		given := c.call(method, path, body)
		if !given.passes() || time.Now().After(until) {
			return given, tries
		}
		time.Sleep(time.Duration(20+c.chance.Intn(100)) * time.Millisecond)
	}
}

// number reads a 64-bit number of proto JSON, which is a text.
type number uint64

func (n *number) UnmarshalJSON(text []byte) error {
	read, err := strconv.ParseUint(string(bytes.Trim(text, `"`)), 10, 64)
	*n = number(read)
	return err
}

// Leased is what is read of an allocation.
type leased struct {
	ID    string `json:"id"`
	State string `json:"state"`
	Epoch number `json:"epoch"`
	Parts []struct {
		Number int    `json:"number"`
		NodeID string `json:"nodeId"`
	} `json:"parts"`
}

func (l leased) nodes() []string {
	nodes := make([]string, 0, len(l.Parts))
	for _, part := range l.Parts {
		nodes = append(nodes, part.NodeID)
	}
	return nodes
}

func (l leased) isOver() bool {
	return l.State == "ALLOCATION_STATE_RELEASED" || l.State == "ALLOCATION_STATE_EXPIRED"
}
