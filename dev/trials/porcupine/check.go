package main

import (
	"errors"
	"flag"
	"fmt"
	"math/rand"
	"sort"
	"time"

	"github.com/anishathalye/porcupine"
)

// check reads a history and says whether it is linearizable; one that was mutated has to be rejected.
func check(arguments []string) error {
	flags := flag.NewFlagSet("check", flag.ExitOnError)
	path := flags.String("history", "", "the file that load wrote")
	mutation := flags.String("mutate", "", "break the history first: double-grant, lost-release, other-answer, revived, two-holders")
	seed := flags.Int64("seed", 1, "which operation is broken")
	holdsOnly := flags.Bool("holds-only", false, "only look who held what is exclusive: for a history in which parts move")
	limit := flags.Duration("limit", 2*time.Minute, "for each check")
	_ = flags.Parse(arguments)
	history, err := read(*path)
	if err != nil {
		return err
	}
	if *mutation != "" {
		if err := mutate(history, *mutation, rand.New(rand.NewSource(*seed))); err != nil {
			return err
		}
	}
	var faults []string
	if *holdsOnly {
		faults = exclusives(history)
	} else {
		faults = judge(history, *limit, *mutation != "")
	}
	if len(faults) == 0 {
		fmt.Println("linearizable")
		return nil
	}
	for _, fault := range faults[:min(len(faults), 10)] {
		fmt.Println("not linearizable:", fault)
	}
	return errors.New("the history is rejected")
}

// judge checks each name of a request, each allocation, each node, the fleet as a whole, and who held what is exclusive; where the first
// fault will do it looks for no other, since to find that there is no order at all can take very long.
func judge(history *History, limit time.Duration, firstWillDo bool) []string {
	var faults []string
	say := func(what string, count, operations int) {
		fmt.Printf("  %s: %d checked, %d operations\n", what, count, operations)
	}
	test := func(what string, model porcupine.Model, operations []porcupine.Operation) porcupine.CheckResult {
		result := porcupine.CheckOperationsTimeout(model, operations, limit)
		if result == porcupine.Illegal {
			faults = append(faults, what)
		}
		return result
	}
	operations := 0
	for _, part := range []struct {
		what  string
		model porcupine.Model
		by    map[string][]porcupine.Operation
	}{{"names of requests", nameModel(), answers(history)}, {"allocations", lifeModel(), lives(history)}} {
		operations = 0
		for _, key := range sorted(part.by) {
			operations += len(part.by[key])
			test(part.what+" "+key, part.model, part.by[key])
		}
		say(part.what, len(part.by), operations)
	}
	if firstWillDo {
		faults = append(faults, exclusives(history)...)
	}
	grants, frees := room(history)
	names := sorted(history.Nodes)
	operations = 0
	for _, node := range names {
		if firstWillDo && len(faults) > 0 {
			return faults
		}
		history := forNode(grants, frees, node)
		operations += len(history)
		if test("node "+node, nodeModel(capacityOf(grants, node)), history) == porcupine.Unknown {
			faults = append(faults, "node "+node+": not decided in time")
		}
	}
	say("nodes", len(names), operations)
	if firstWillDo && len(faults) > 0 {
		return faults
	}
	if len(names) <= mostNodes {
		fleet := forFleet(grants, frees, names)
		result := test("the fleet", fleetModel(capacitiesOf(history, names)), fleet)
		fmt.Printf("  fleet as a whole: %s, %d operations\n", map[porcupine.CheckResult]string{porcupine.Ok: "linearizable",
			porcupine.Illegal: "not linearizable", porcupine.Unknown: "not decided in time (each node is)"}[result], len(fleet))
	}
	return append(faults, exclusives(history)...)
}

func exclusives(history *History) []string {
	overlaps, holds, moved := overlapping(history)
	fmt.Printf("  exclusive parts: %d times that a node provided, %d parts on more than one node, %d overlap\n", holds, moved, len(overlaps))
	return overlaps
}

// overlapping gives exclusive parts that two nodes provided for at once, how often a node provided for one, and how many had several nodes.
func overlapping(history *History) (faults []string, count, moved int) {
	by := map[string][]Hold{}
	for _, hold := range history.Holds {
		if hold.Exclusive {
			count++
			key := fmt.Sprintf("%s/%d", hold.Allocation, hold.Number)
			by[key] = append(by[key], hold)
		}
	}
	for _, key := range sorted(by) {
		holds, nodes := by[key], map[string]bool{}
		for _, hold := range holds {
			nodes[hold.Node] = true
		}
		if len(nodes) > 1 {
			moved++
		}
		sort.Slice(holds, func(one, other int) bool { return holds[one].Start < holds[other].Start })
		for index, hold := range holds {
			for _, later := range holds[index+1:] {
				if later.Node != hold.Node && later.Start < hold.End {
					faults = append(faults, fmt.Sprintf("exclusive part %s: node %s at epoch %d held it until %d ms, node %s at epoch %d had it from %d ms",
						key, hold.Node, hold.Epoch, hold.End/1e6, later.Node, later.Epoch, later.Start/1e6))
				}
			}
		}
	}
	return faults, count, moved
}

func sorted[T any](by map[string]T) []string {
	keys := make([]string, 0, len(by))
	for key := range by {
		keys = append(keys, key)
	}
	sort.Strings(keys)
	return keys
}

// mutate breaks a history in a way that must be noticed.
func mutate(history *History, kind string, chance *rand.Rand) error {
	pick := func(fits func(*Op) bool) *Op {
		var found []*Op
		for index := range history.Ops {
			if fits(&history.Ops[index]) {
				found = append(found, &history.Ops[index])
			}
		}
		if len(found) == 0 {
			return nil
		}
		return found[chance.Intn(len(found))]
	}
	isGrant := func(op *Op) bool { return op.Kind == request && op.Outcome == granted }
	switch kind {
	case "double-grant":
		// Where a node was fullest, something more was granted on it, and held to the end.
		op := fullest(history)
		if op == nil {
			return errors.New("nothing was granted")
		}
		again := *op
		again.ID, again.RequestID, again.Client = again.ID+"-again", again.RequestID+"-again", -1
		node := again.Nodes[0]
		again.Nodes, again.TTL = []string{node}, 0
		again.Cpu = history.Nodes[node].Cpu - again.Cpu + 1
		history.Ops = append(history.Ops, again)
	case "lost-release":
		// Nothing that was given back ever was, and nothing expired.
		var left []Op
		for _, op := range history.Ops {
			op.TTL = 0
			if op.Kind != release {
				left = append(left, op)
			}
		}
		history.Ops = left
	case "other-answer":
		op := pick(isGrant)
		if op == nil {
			return errors.New("nothing was granted")
		}
		again := *op
		again.Client, again.ID, again.Call, again.Return = -1, again.ID+"-other", op.Return+1, op.Return+2
		history.Ops = append(history.Ops, again)
	case "revived":
		op := pick(func(op *Op) bool { return op.Kind == release && op.Outcome == granted })
		if op == nil {
			return errors.New("nothing was given back")
		}
		history.Ops = append(history.Ops, Op{Client: -1, Kind: renew, Call: op.Return + 1, Return: op.Return + 2, ID: op.ID, Outcome: granted})
	case "two-holders":
		history.Holds = append(history.Holds,
			Hold{Allocation: "made-up", Epoch: 1, Node: "one", Start: 0, End: 10, Exclusive: true},
			Hold{Allocation: "made-up", Epoch: 2, Node: "two", Start: 9, End: 20, Exclusive: true})
	default:
		return fmt.Errorf("no such mutation: %s", kind)
	}
	return nil
}
