// Command porcupine puts a load of allocations on replicas and writes down what each caller asked and was answered, and when;
// or checks such a history for linearizability with github.com/anishathalye/porcupine.
//
//	porcupine load  --targets URL,URL --token TOKEN --agents FILE --out FILE [--clients N] [--seconds N] [--seed N] [--silences N]
//	porcupine check --history FILE [--mutate KIND --seed N]
package main

import (
	"fmt"
	"os"
)

func main() {
	if len(os.Args) < 2 {
		fail("load or check?")
	}
	var err error
	switch os.Args[1] {
	case "load":
		err = load(os.Args[2:])
	case "check":
		err = check(os.Args[2:])
	default:
		err = fmt.Errorf("no such command: %s", os.Args[1])
	}
	if err != nil {
		fail(err.Error())
	}
}

func fail(why string) {
	fmt.Fprintln(os.Stderr, "porcupine:", why)
	os.Exit(1)
}
