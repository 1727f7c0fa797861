package main

import (
	"encoding/json"
	"os"
)

// What a caller asked for.
const (
	request = "request"
	renew   = "renew"
	release = "release"
	look    = "look"
)

// How it ended.
const (
	granted = "granted" // request: it is leased; release, renew: it is done; look: it is live
	ended   = "ended"   // the allocation is over
	refused = "refused" // there is no room: nothing has changed
	unclear = "unclear" // no answer came, however often it was asked
)

// Op is what one caller asked, and how it ended; times are nanoseconds since the load began, by a monotonic clock. What had to be asked
// again since no answer came is one Op, from the first time it was asked to the answer: it is the same however often it is asked.
type Op struct {
	Client    int      `json:"client"`
	Kind      string   `json:"kind"`
	Call      int64    `json:"call"`
	Return    int64    `json:"return"`
	Tries     int      `json:"tries"`
	RequestID string   `json:"requestId,omitempty"`
	ID        string   `json:"id,omitempty"`
	Nodes     []string `json:"nodes,omitempty"`
	Cpu       int64    `json:"cpu,omitempty"`
	Memory    int64    `json:"memory,omitempty"`
	TTL       int64    `json:"ttl,omitempty"` // seconds; only of those that nobody renews
	Exclusive bool     `json:"exclusive,omitempty"`
	Outcome   string   `json:"outcome"`
	Reason    string   `json:"reason,omitempty"`
}

// Hold is a time in which a node provided for a part, as the node itself saw it.
type Hold struct {
	Allocation string `json:"allocation"`
	Number     int    `json:"number"`
	Epoch      uint64 `json:"epoch"`
	Node       string `json:"node"`
	Start      int64  `json:"start"`
	End        int64  `json:"end"`
	Exclusive  bool   `json:"exclusive"`
}

// Amounts are what a node has.
type Amounts struct {
	Cpu    int64 `json:"cpu"`
	Memory int64 `json:"memory"`
}

// History is all that was written down.
type History struct {
	Seed  int64              `json:"seed"`
	Nodes map[string]Amounts `json:"nodes"`
	Ops   []Op               `json:"ops"`
	Holds []Hold             `json:"holds"`
	End   int64              `json:"end"`
}

func read(path string) (*History, error) {
	bytes, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	history := &History{}
	return history, json.Unmarshal(bytes, history)
}

func write(path string, history *History) error {
	bytes, err := json.Marshal(history)
	if err != nil {
		return err
	}
	return os.WriteFile(path, bytes, 0o600)
}
