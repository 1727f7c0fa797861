package main

import (
	"sort"

	"github.com/anishathalye/porcupine"
)

// A change of the room on nodes, as a caller saw it or as it must have been.
type change struct {
	client    int
	id        string
	nodes     []string
	amount    Amounts
	call, ret int64
	capacity  map[string]Amounts
}

// room gives what took room of nodes and what gave it back. What expires does so at some time between its earliest deadline and the
// first time that somebody saw it over; what was never answered, and is in no other answer, has taken no room that anybody was told of.
func room(history *History) (grants, frees []change) {
	first := map[string]*Op{}
	for index := range history.Ops {
		op := &history.Ops[index]
		if op.Kind == request && op.Outcome == granted {
			if known := first[op.ID]; known == nil || op.Return < known.Return {
				first[op.ID] = op
			}
		}
	}
	called, freed := map[string]int64{}, map[string]bool{}
	for _, op := range history.Ops {
		// Twins of a request: it was granted after the first of them was called.
		if op.Kind == request && (op.Outcome == granted || op.Outcome == ended) {
			if at, known := called[op.ID]; !known || op.Call < at {
				called[op.ID] = op.Call
			}
		}
	}
	for _, op := range first {
		amount := Amounts{op.Cpu, op.Memory}
		grants = append(grants, change{op.Client, op.ID, op.Nodes, amount, called[op.ID], op.Return, history.Nodes})
	}
	for _, op := range history.Ops {
		if op.Kind == release && (op.Outcome == granted || op.Outcome == unclear) && first[op.ID] != nil && !freed[op.ID] {
			grant := first[op.ID]
			freed[op.ID] = true
			call, ret := op.Call, op.Return
			if grant.TTL > 0 {
				// What is given back too late was over before: to give back what has expired is no error.
				call = min(call, called[op.ID]+grant.TTL*1e9)
			}
			if op.Outcome == unclear {
				// It may have been heard at any time, or never.
				ret = history.End
			}
			frees = append(frees, change{op.Client, op.ID, grant.Nodes, Amounts{grant.Cpu, grant.Memory}, call, ret, history.Nodes})
		}
	}
	over := seenOver(history)
	for id, grant := range first {
		earliest := called[id] + grant.TTL*1e9
		if grant.TTL == 0 || freed[id] || earliest > history.End {
			continue
		}
		seen, known := over[id]
		if !known {
			// Nobody looked at it again: it expired at some time until the end.
			seen = history.End
		}
		frees = append(frees, change{-1, id, grant.Nodes, Amounts{grant.Cpu, grant.Memory}, min(earliest, seen), seen, history.Nodes})
	}
	return grants, frees
}

// seenOver gives when each allocation was first known to be over.
func seenOver(history *History) map[string]int64 {
	seen := map[string]int64{}
	for _, op := range history.Ops {
		if (op.Kind == look || op.Kind == renew) && op.Outcome == ended {
			if at, known := seen[op.ID]; !known || op.Return < at {
				seen[op.ID] = op.Return
			}
		}
	}
	return seen
}

func forNode(grants, frees []change, node string) []porcupine.Operation {
	var operations []porcupine.Operation
	add := func(changes []change, isGrant bool) {
		for _, one := range changes {
			for _, on := range one.nodes {
				if on == node {
					operations = append(operations, porcupine.Operation{Input: nodeInput{isGrant, one.amount, one.id}, Call: one.call, Return: one.ret})
				}
			}
		}
	}
	add(grants, true)
	add(frees, false)
	return inLanes(operations)
}

func forFleet(grants, frees []change, names []string) []porcupine.Operation {
	number := map[string]int{}
	for index, name := range names {
		number[name] = index
	}
	var operations []porcupine.Operation
	add := func(changes []change, isGrant bool) {
		for _, one := range changes {
			nodes := make([]int, 0, len(one.nodes))
			for _, node := range one.nodes {
				nodes = append(nodes, number[node])
			}
			operations = append(operations, porcupine.Operation{Input: fleetInput{isGrant, nodes, one.amount}, Call: one.call, Return: one.ret})
		}
	}
	add(grants, true)
	add(frees, false)
	return inLanes(operations)
}

// inLanes gives each operation a caller that does nothing else meanwhile, as porcupine wants it.
func inLanes(operations []porcupine.Operation) []porcupine.Operation {
	sort.SliceStable(operations, func(one, other int) bool { return operations[one].Call < operations[other].Call })
	var busy []int64
	for index := range operations {
		lane := 0
		for lane < len(busy) && busy[lane] >= operations[index].Call {
			lane++
		}
		if lane == len(busy) {
			busy = append(busy, 0)
		}
		operations[index].ClientId, busy[lane] = lane, operations[index].Return
	}
	return operations
}

func capacityOf(grants []change, node string) Amounts {
	for _, grant := range grants {
		return grant.capacity[node]
	}
	return Amounts{}
}

func capacitiesOf(history *History, names []string) []Amounts {
	capacities := make([]Amounts, 0, len(names))
	for _, name := range names {
		capacities = append(capacities, history.Nodes[name])
	}
	return capacities
}

// lives gives what was done with each allocation.
func lives(history *History) map[string][]porcupine.Operation {
	by, seen := map[string][]porcupine.Operation{}, seenOver(history)
	for _, op := range history.Ops {
		if op.ID == "" || op.Outcome == unclear || op.Outcome == refused {
			continue
		}
		by[op.ID] = append(by[op.ID], porcupine.Operation{Output: lifeOutput{op.Kind, op.Outcome}, Call: op.Call, Return: op.Return})
		if at, known := seen[op.ID]; known && op.Kind == request && op.TTL > 0 && op.Call+op.TTL*1e9 < at {
			by[op.ID] = append(by[op.ID], porcupine.Operation{Output: lifeOutput{expire, granted}, Call: op.Call + op.TTL*1e9, Return: at})
			delete(seen, op.ID)
		}
	}
	for id := range by {
		by[id] = inLanes(by[id])
	}
	return by
}

// answers gives what each name of a request was answered with.
func answers(history *History) map[string][]porcupine.Operation {
	by := map[string][]porcupine.Operation{}
	for _, op := range history.Ops {
		if op.Kind == request && op.Outcome == granted {
			by[op.RequestID] = append(by[op.RequestID], porcupine.Operation{Output: op.ID, Call: op.Call, Return: op.Return})
		}
	}
	for name := range by {
		by[name] = inLanes(by[name])
	}
	return by
}

// fullest gives the grant at whose end a node was fullest.
func fullest(history *History) *Op {
	var found *Op
	most := int64(-1)
	for index := range history.Ops {
		op := &history.Ops[index]
		if op.Kind == request && op.Outcome == granted && len(op.Nodes) > 0 && op.Cpu > most {
			found, most = op, op.Cpu
		}
	}
	return found
}
