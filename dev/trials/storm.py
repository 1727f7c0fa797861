"""As many nodes as heartbeat on go silent at once: what the living feel of it, with the brake and without, and who is believed."""

from trials import fleets


def arguments(parser):
    parser.add_argument("--nodes", type=int, default=100_000)
    parser.add_argument("--silent", type=int, help="[default: as many]")
    parser.add_argument("--seconds", type=int, default=60, help="how long each part is measured; the first heartbeat takes 40 s more")
    parser.add_argument("--profile", default="dist")


def run(arguments, folder):
    """Starts a daemon on a store with both kinds of nodes; their silence counts at the end of a time of grace, all of it at once."""
    silent = arguments.nodes if arguments.silent is None else arguments.silent
    out, _ = fleets.bench("--nodes", arguments.nodes, "--silent", silent, "--shapes", "C", "--seconds", arguments.seconds,
                          "--open-warm-up", 40, "--folder", folder, profile=arguments.profile)
    print(out[out.index("brake on"):] if "brake on" in out else out)
    print("verdict: ok")
