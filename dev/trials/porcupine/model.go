package main

import (
	"fmt"

	"github.com/anishathalye/porcupine"
)

// A node: what is granted on it is never more than it has. Grants and returns of room commute but for that, so the sum is all the state.
type nodeInput struct {
	grant  bool
	amount Amounts
	id     string
}

func nodeModel(capacity Amounts) porcupine.Model {
	return porcupine.Model{
		Init: func() any { return Amounts{} },
		Step: func(state, input, _ any) (bool, any) {
			used, in := state.(Amounts), input.(nodeInput)
			if in.grant {
				used.Cpu += in.amount.Cpu
				used.Memory += in.amount.Memory
				return used.Cpu <= capacity.Cpu && used.Memory <= capacity.Memory, used
			}
			used.Cpu -= in.amount.Cpu
			used.Memory -= in.amount.Memory
			return used.Cpu >= 0 && used.Memory >= 0, used
		},
		Equal:             func(one, other any) bool { return one == other },
		DescribeOperation: func(input, _ any) string { return fmt.Sprintf("%+v", input.(nodeInput)) },
	}
}

// An allocation: it is granted once, then it is live until it is given back or expires, and never live again.
const (
	unborn = iota
	live
	over
)

type lifeOutput struct {
	kind    string
	outcome string
}

const expire = "expire"

func lifeModel() porcupine.Model {
	return porcupine.Model{
		Init: func() any { return unborn },
		Step: func(state, _, output any) (bool, any) {
			now, out := state.(int), output.(lifeOutput)
			switch out.kind {
			case request:
				// The same request again is answered with what there is, even when that is over.
				if now == unborn {
					return true, live
				}
				return true, now
			case release:
				return now != unborn, over
			case expire:
				// What was given back before does not expire any more.
				return now != unborn, over
			default:
				if out.outcome == ended {
					return now == over, now
				}
				return now == live, now
			}
		},
		Equal:             func(one, other any) bool { return one == other },
		DescribeOperation: func(_, output any) string { return fmt.Sprintf("%+v", output.(lifeOutput)) },
	}
}

// The name of a request: whoever asks with it is answered with the same allocation.
func nameModel() porcupine.Model {
	return porcupine.Model{
		Init: func() any { return "" },
		Step: func(state, _, output any) (bool, any) {
			known, got := state.(string), output.(string)
			return known == "" || known == got, got
		},
		Equal:             func(one, other any) bool { return one == other },
		DescribeOperation: func(_, output any) string { return output.(string) },
	}
}

// The fleet as a whole: a request of several nodes takes room of all of them at one moment.
type fleetInput struct {
	grant  bool
	nodes  []int
	amount Amounts
}

// A fleet's state is an array, so that it can be compared.
const mostNodes = 16

type fleetState [mostNodes]Amounts

func fleetModel(capacities []Amounts) porcupine.Model {
	return porcupine.Model{
		Init: func() any { return fleetState{} },
		Step: func(state, input, _ any) (bool, any) {
			used, in := state.(fleetState), input.(fleetInput)
			sign := int64(-1)
			if in.grant {
				sign = 1
			}
			for _, node := range in.nodes {
				used[node].Cpu += sign * in.amount.Cpu
				used[node].Memory += sign * in.amount.Memory
				now, most := used[node], capacities[node]
				if now.Cpu < 0 || now.Memory < 0 || now.Cpu > most.Cpu || now.Memory > most.Memory {
					return false, state
				}
			}
			return true, used
		},
		Equal:             func(one, other any) bool { return one == other },
		DescribeOperation: func(input, _ any) string { return fmt.Sprintf("%+v", input.(fleetInput)) },
	}
}
