# Print an optspec for argparse to handle cmd's options that are independent of any subcommand.
function __fish_cpcctl_global_optspecs
    string join \n endpoint= local socket= ca-file= tls-pin= context= token-file= o/output= timeout= q/quiet y/yes dry-run color= progress= no-headers no-trunc width= h/help V/version
end

function __fish_cpcctl_needs_command
    # Figure out if the current invocation already has a command.
    set -l cmd (commandline -opc)
    set -e cmd[1]
    argparse -s (__fish_cpcctl_global_optspecs) -- $cmd 2>/dev/null
    or return
    if set -q argv[1]
        # Also print the command, so this can be used to figure out what it is.
        echo $argv[1]
        return 1
    end
    return 0
end

function __fish_cpcctl_using_subcommand
    set -l cmd (__fish_cpcctl_needs_command)
    test -z "$cmd"
    and return 1
    contains -- $cmd[1] $argv
end

complete -c cpcctl -n "__fish_cpcctl_needs_command" -l endpoint -d 'Where cpcd listens: https://HOST:PORT, http://HOST:PORT or unix:///PATH; also CPCCTL_ENDPOINT [default: that of the context, else http://127.0.0.1:50051]' -r
complete -c cpcctl -n "__fish_cpcctl_needs_command" -l socket -d 'The socket for --local; also CPCCTL_SOCKET [default: cpcd.sock in cpcd\'s data directory]' -r -F
complete -c cpcctl -n "__fish_cpcctl_needs_command" -l ca-file -d 'Certificates (PEM) of the authorities to believe over https, in place of the system\'s; also CPCCTL_CA_FILE' -r -F
complete -c cpcctl -n "__fish_cpcctl_needs_command" -l tls-pin -d 'The public key that the server must have over https, as `cpcd tls show` prints it; also CPCCTL_TLS_PIN' -r
complete -c cpcctl -n "__fish_cpcctl_needs_command" -l context -d 'The context to use: a server and who one is there; also CPCCTL_CONTEXT [default: the one that `context use` chose, else default]' -r
complete -c cpcctl -n "__fish_cpcctl_needs_command" -l token-file -d 'Read the access token from a file, - for stdin; CPCCTL_TOKEN holds the token itself' -r -F
complete -c cpcctl -n "__fish_cpcctl_needs_command" -s o -l output -d 'How data is written' -r -f -a "table\t'Columns for people'
json\t'One JSON value; a list is one array'
ndjson\t'One JSON value a line'
name\t'Names or ids alone, one a line'"
complete -c cpcctl -n "__fish_cpcctl_needs_command" -l timeout -d 'How long an answer may take: 500ms, 2s, 1m' -r
complete -c cpcctl -n "__fish_cpcctl_needs_command" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR or TERM=dumb says otherwise'
always\t'Everywhere'
never\t'Nowhere'"
complete -c cpcctl -n "__fish_cpcctl_needs_command" -l progress -d 'How to show progress' -r -f -a "auto\t'A bar on a terminal, plain lines elsewhere, nothing with --quiet'
bar\t'A bar'
plain\t'A line with the time every few seconds'
json\t'A JSON object a line'
none\t'Nothing'"
complete -c cpcctl -n "__fish_cpcctl_needs_command" -l width -d 'Fit columns to so many characters, even in a pipe' -r
complete -c cpcctl -n "__fish_cpcctl_needs_command" -l local -d 'Speak to the daemon on this machine through its Unix socket, as its administrator'
complete -c cpcctl -n "__fish_cpcctl_needs_command" -s q -l quiet -d 'No notes and no progress on stderr'
complete -c cpcctl -n "__fish_cpcctl_needs_command" -s y -l yes -d 'Answer yes to every question'
complete -c cpcctl -n "__fish_cpcctl_needs_command" -l dry-run -d 'Check, show what would be sent to the server to change something, and do not send it'
complete -c cpcctl -n "__fish_cpcctl_needs_command" -l no-headers -d 'No titles above the columns'
complete -c cpcctl -n "__fish_cpcctl_needs_command" -l no-trunc -d 'Do not cut columns to the width of the terminal'
complete -c cpcctl -n "__fish_cpcctl_needs_command" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c cpcctl -n "__fish_cpcctl_needs_command" -s V -l version -d 'Print version'
complete -c cpcctl -n "__fish_cpcctl_needs_command" -f -a "key" -d 'Makes, shows and converts keys'
complete -c cpcctl -n "__fish_cpcctl_needs_command" -f -a "user" -d 'Makes, lists, shows and deletes users, and says what they may do'
complete -c cpcctl -n "__fish_cpcctl_needs_command" -f -a "friend" -d 'Asks, answers, ends, blocks and lists friends'
complete -c cpcctl -n "__fish_cpcctl_needs_command" -f -a "grant" -d 'Opens single nodes, allocations and contents to others'
complete -c cpcctl -n "__fish_cpcctl_needs_command" -f -a "invite" -d 'Makes, lists and takes back invites, by which others join'
complete -c cpcctl -n "__fish_cpcctl_needs_command" -f -a "login" -d 'Logs in with a key, and remembers server, key and session as a context'
complete -c cpcctl -n "__fish_cpcctl_needs_command" -f -a "logout" -d 'Ends the session of the context, on the server and here'
complete -c cpcctl -n "__fish_cpcctl_needs_command" -f -a "recover" -d 'Lets you in with a new key and a recovery code when all your keys are lost'
complete -c cpcctl -n "__fish_cpcctl_needs_command" -f -a "whoami" -d 'Shows who the server takes you for, and what you may do'
complete -c cpcctl -n "__fish_cpcctl_needs_command" -f -a "context" -d 'Keeps servers, and who you are there, under names'
complete -c cpcctl -n "__fish_cpcctl_needs_command" -f -a "config" -d 'Shows the settings that are in force'
complete -c cpcctl -n "__fish_cpcctl_needs_command" -f -a "session" -d 'Lists and ends sessions'
complete -c cpcctl -n "__fish_cpcctl_needs_command" -f -a "node" -d 'Registers, runs, lists and follows nodes'
complete -c cpcctl -n "__fish_cpcctl_needs_command" -f -a "allocation" -d 'Leases resources of nodes, and follows what was leased'
complete -c cpcctl -n "__fish_cpcctl_needs_command" -f -a "events" -d 'Follows what happens to nodes and allocations'
complete -c cpcctl -n "__fish_cpcctl_needs_command" -f -a "webhook" -d 'Has events sent to URLs'
complete -c cpcctl -n "__fish_cpcctl_needs_command" -f -a "audit" -d 'Shows the audit, and checks that nobody has changed it'
complete -c cpcctl -n "__fish_cpcctl_needs_command" -f -a "peers" -d 'Finds nodes to connect to'
complete -c cpcctl -n "__fish_cpcctl_needs_command" -f -a "token" -d 'Makes, lists and takes back service tokens, with which programs act for you'
complete -c cpcctl -n "__fish_cpcctl_needs_command" -f -a "token-key" -d 'Lists and changes the keys that sign tokens'
complete -c cpcctl -n "__fish_cpcctl_needs_command" -f -a "content" -d 'Publishes, shows, lists and deletes content'
complete -c cpcctl -n "__fish_cpcctl_needs_command" -f -a "migrate" -d 'Shows and does migrations of the store, also while the daemon waits for them'
complete -c cpcctl -n "__fish_cpcctl_needs_command" -f -a "search" -d 'Searches the content that you may see'
complete -c cpcctl -n "__fish_cpcctl_needs_command" -f -a "index" -d 'Shows the search index, makes it anew'
complete -c cpcctl -n "__fish_cpcctl_needs_command" -f -a "status" -d 'Shows what runs: version, engines, counts, and how far the index is behind'
complete -c cpcctl -n "__fish_cpcctl_needs_command" -f -a "bench" -d 'Measures a running daemon'
complete -c cpcctl -n "__fish_cpcctl_needs_command" -f -a "version" -d 'Shows the versions of cpcctl and of the server'
complete -c cpcctl -n "__fish_cpcctl_needs_command" -f -a "completion" -d 'Prints a completion script for a shell'
complete -c cpcctl -n "__fish_cpcctl_needs_command" -f -a "generate" -d 'Writes completions/ and man/ from the definition of the commands'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand key; and not __fish_seen_subcommand_from generate show import export" -l endpoint -d 'Where cpcd listens: https://HOST:PORT, http://HOST:PORT or unix:///PATH; also CPCCTL_ENDPOINT [default: that of the context, else http://127.0.0.1:50051]' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand key; and not __fish_seen_subcommand_from generate show import export" -l socket -d 'The socket for --local; also CPCCTL_SOCKET [default: cpcd.sock in cpcd\'s data directory]' -r -F
complete -c cpcctl -n "__fish_cpcctl_using_subcommand key; and not __fish_seen_subcommand_from generate show import export" -l ca-file -d 'Certificates (PEM) of the authorities to believe over https, in place of the system\'s; also CPCCTL_CA_FILE' -r -F
complete -c cpcctl -n "__fish_cpcctl_using_subcommand key; and not __fish_seen_subcommand_from generate show import export" -l tls-pin -d 'The public key that the server must have over https, as `cpcd tls show` prints it; also CPCCTL_TLS_PIN' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand key; and not __fish_seen_subcommand_from generate show import export" -l context -d 'The context to use: a server and who one is there; also CPCCTL_CONTEXT [default: the one that `context use` chose, else default]' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand key; and not __fish_seen_subcommand_from generate show import export" -l token-file -d 'Read the access token from a file, - for stdin; CPCCTL_TOKEN holds the token itself' -r -F
complete -c cpcctl -n "__fish_cpcctl_using_subcommand key; and not __fish_seen_subcommand_from generate show import export" -s o -l output -d 'How data is written' -r -f -a "table\t'Columns for people'
json\t'One JSON value; a list is one array'
ndjson\t'One JSON value a line'
name\t'Names or ids alone, one a line'"
complete -c cpcctl -n "__fish_cpcctl_using_subcommand key; and not __fish_seen_subcommand_from generate show import export" -l timeout -d 'How long an answer may take: 500ms, 2s, 1m' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand key; and not __fish_seen_subcommand_from generate show import export" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR or TERM=dumb says otherwise'
always\t'Everywhere'
never\t'Nowhere'"
complete -c cpcctl -n "__fish_cpcctl_using_subcommand key; and not __fish_seen_subcommand_from generate show import export" -l progress -d 'How to show progress' -r -f -a "auto\t'A bar on a terminal, plain lines elsewhere, nothing with --quiet'
bar\t'A bar'
plain\t'A line with the time every few seconds'
json\t'A JSON object a line'
none\t'Nothing'"
complete -c cpcctl -n "__fish_cpcctl_using_subcommand key; and not __fish_seen_subcommand_from generate show import export" -l width -d 'Fit columns to so many characters, even in a pipe' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand key; and not __fish_seen_subcommand_from generate show import export" -l local -d 'Speak to the daemon on this machine through its Unix socket, as its administrator'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand key; and not __fish_seen_subcommand_from generate show import export" -s q -l quiet -d 'No notes and no progress on stderr'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand key; and not __fish_seen_subcommand_from generate show import export" -s y -l yes -d 'Answer yes to every question'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand key; and not __fish_seen_subcommand_from generate show import export" -l dry-run -d 'Check, show what would be sent to the server to change something, and do not send it'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand key; and not __fish_seen_subcommand_from generate show import export" -l no-headers -d 'No titles above the columns'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand key; and not __fish_seen_subcommand_from generate show import export" -l no-trunc -d 'Do not cut columns to the width of the terminal'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand key; and not __fish_seen_subcommand_from generate show import export" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand key; and not __fish_seen_subcommand_from generate show import export" -f -a "generate" -d 'Makes a new Ed25519 key, in a file that ssh can read too'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand key; and not __fish_seen_subcommand_from generate show import export" -f -a "show" -d 'Shows a key: where it is, its peer id, its public half and its fingerprint'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand key; and not __fish_seen_subcommand_from generate show import export" -f -a "import" -d 'Takes over an Ed25519 key that another program made, into a file that cpcctl and ssh can read'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand key; and not __fish_seen_subcommand_from generate show import export" -f -a "export" -d 'Writes a key in the form of another program'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand key; and __fish_seen_subcommand_from generate" -l out -d 'The private file; the public half goes beside it as FILE.pub [default: id_ed25519 in cpcctl\'s configuration folder]' -r -F
complete -c cpcctl -n "__fish_cpcctl_using_subcommand key; and __fish_seen_subcommand_from generate" -l comment -d 'A remark that is kept in both files' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand key; and __fish_seen_subcommand_from generate" -l endpoint -d 'Where cpcd listens: https://HOST:PORT, http://HOST:PORT or unix:///PATH; also CPCCTL_ENDPOINT [default: that of the context, else http://127.0.0.1:50051]' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand key; and __fish_seen_subcommand_from generate" -l socket -d 'The socket for --local; also CPCCTL_SOCKET [default: cpcd.sock in cpcd\'s data directory]' -r -F
complete -c cpcctl -n "__fish_cpcctl_using_subcommand key; and __fish_seen_subcommand_from generate" -l ca-file -d 'Certificates (PEM) of the authorities to believe over https, in place of the system\'s; also CPCCTL_CA_FILE' -r -F
complete -c cpcctl -n "__fish_cpcctl_using_subcommand key; and __fish_seen_subcommand_from generate" -l tls-pin -d 'The public key that the server must have over https, as `cpcd tls show` prints it; also CPCCTL_TLS_PIN' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand key; and __fish_seen_subcommand_from generate" -l context -d 'The context to use: a server and who one is there; also CPCCTL_CONTEXT [default: the one that `context use` chose, else default]' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand key; and __fish_seen_subcommand_from generate" -l token-file -d 'Read the access token from a file, - for stdin; CPCCTL_TOKEN holds the token itself' -r -F
complete -c cpcctl -n "__fish_cpcctl_using_subcommand key; and __fish_seen_subcommand_from generate" -s o -l output -d 'How data is written' -r -f -a "table\t'Columns for people'
json\t'One JSON value; a list is one array'
ndjson\t'One JSON value a line'
name\t'Names or ids alone, one a line'"
complete -c cpcctl -n "__fish_cpcctl_using_subcommand key; and __fish_seen_subcommand_from generate" -l timeout -d 'How long an answer may take: 500ms, 2s, 1m' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand key; and __fish_seen_subcommand_from generate" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR or TERM=dumb says otherwise'
always\t'Everywhere'
never\t'Nowhere'"
complete -c cpcctl -n "__fish_cpcctl_using_subcommand key; and __fish_seen_subcommand_from generate" -l progress -d 'How to show progress' -r -f -a "auto\t'A bar on a terminal, plain lines elsewhere, nothing with --quiet'
bar\t'A bar'
plain\t'A line with the time every few seconds'
json\t'A JSON object a line'
none\t'Nothing'"
complete -c cpcctl -n "__fish_cpcctl_using_subcommand key; and __fish_seen_subcommand_from generate" -l width -d 'Fit columns to so many characters, even in a pipe' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand key; and __fish_seen_subcommand_from generate" -l passphrase -d 'Protect the private file with a passphrase, which is asked for'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand key; and __fish_seen_subcommand_from generate" -l force -d 'Write over existing files: a key that is overwritten cannot be brought back'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand key; and __fish_seen_subcommand_from generate" -l local -d 'Speak to the daemon on this machine through its Unix socket, as its administrator'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand key; and __fish_seen_subcommand_from generate" -s q -l quiet -d 'No notes and no progress on stderr'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand key; and __fish_seen_subcommand_from generate" -s y -l yes -d 'Answer yes to every question'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand key; and __fish_seen_subcommand_from generate" -l dry-run -d 'Check, show what would be sent to the server to change something, and do not send it'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand key; and __fish_seen_subcommand_from generate" -l no-headers -d 'No titles above the columns'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand key; and __fish_seen_subcommand_from generate" -l no-trunc -d 'Do not cut columns to the width of the terminal'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand key; and __fish_seen_subcommand_from generate" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand key; and __fish_seen_subcommand_from show" -l endpoint -d 'Where cpcd listens: https://HOST:PORT, http://HOST:PORT or unix:///PATH; also CPCCTL_ENDPOINT [default: that of the context, else http://127.0.0.1:50051]' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand key; and __fish_seen_subcommand_from show" -l socket -d 'The socket for --local; also CPCCTL_SOCKET [default: cpcd.sock in cpcd\'s data directory]' -r -F
complete -c cpcctl -n "__fish_cpcctl_using_subcommand key; and __fish_seen_subcommand_from show" -l ca-file -d 'Certificates (PEM) of the authorities to believe over https, in place of the system\'s; also CPCCTL_CA_FILE' -r -F
complete -c cpcctl -n "__fish_cpcctl_using_subcommand key; and __fish_seen_subcommand_from show" -l tls-pin -d 'The public key that the server must have over https, as `cpcd tls show` prints it; also CPCCTL_TLS_PIN' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand key; and __fish_seen_subcommand_from show" -l context -d 'The context to use: a server and who one is there; also CPCCTL_CONTEXT [default: the one that `context use` chose, else default]' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand key; and __fish_seen_subcommand_from show" -l token-file -d 'Read the access token from a file, - for stdin; CPCCTL_TOKEN holds the token itself' -r -F
complete -c cpcctl -n "__fish_cpcctl_using_subcommand key; and __fish_seen_subcommand_from show" -s o -l output -d 'How data is written' -r -f -a "table\t'Columns for people'
json\t'One JSON value; a list is one array'
ndjson\t'One JSON value a line'
name\t'Names or ids alone, one a line'"
complete -c cpcctl -n "__fish_cpcctl_using_subcommand key; and __fish_seen_subcommand_from show" -l timeout -d 'How long an answer may take: 500ms, 2s, 1m' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand key; and __fish_seen_subcommand_from show" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR or TERM=dumb says otherwise'
always\t'Everywhere'
never\t'Nowhere'"
complete -c cpcctl -n "__fish_cpcctl_using_subcommand key; and __fish_seen_subcommand_from show" -l progress -d 'How to show progress' -r -f -a "auto\t'A bar on a terminal, plain lines elsewhere, nothing with --quiet'
bar\t'A bar'
plain\t'A line with the time every few seconds'
json\t'A JSON object a line'
none\t'Nothing'"
complete -c cpcctl -n "__fish_cpcctl_using_subcommand key; and __fish_seen_subcommand_from show" -l width -d 'Fit columns to so many characters, even in a pipe' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand key; and __fish_seen_subcommand_from show" -l local -d 'Speak to the daemon on this machine through its Unix socket, as its administrator'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand key; and __fish_seen_subcommand_from show" -s q -l quiet -d 'No notes and no progress on stderr'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand key; and __fish_seen_subcommand_from show" -s y -l yes -d 'Answer yes to every question'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand key; and __fish_seen_subcommand_from show" -l dry-run -d 'Check, show what would be sent to the server to change something, and do not send it'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand key; and __fish_seen_subcommand_from show" -l no-headers -d 'No titles above the columns'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand key; and __fish_seen_subcommand_from show" -l no-trunc -d 'Do not cut columns to the width of the terminal'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand key; and __fish_seen_subcommand_from show" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand key; and __fish_seen_subcommand_from import" -l out -d 'The new private file; the public half goes beside it as FILE.pub [default: id_ed25519 in cpcctl\'s configuration folder]' -r -F
complete -c cpcctl -n "__fish_cpcctl_using_subcommand key; and __fish_seen_subcommand_from import" -l comment -d 'A remark that is kept in both files [default: the one that comes with the key, else cpcctl]' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand key; and __fish_seen_subcommand_from import" -l endpoint -d 'Where cpcd listens: https://HOST:PORT, http://HOST:PORT or unix:///PATH; also CPCCTL_ENDPOINT [default: that of the context, else http://127.0.0.1:50051]' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand key; and __fish_seen_subcommand_from import" -l socket -d 'The socket for --local; also CPCCTL_SOCKET [default: cpcd.sock in cpcd\'s data directory]' -r -F
complete -c cpcctl -n "__fish_cpcctl_using_subcommand key; and __fish_seen_subcommand_from import" -l ca-file -d 'Certificates (PEM) of the authorities to believe over https, in place of the system\'s; also CPCCTL_CA_FILE' -r -F
complete -c cpcctl -n "__fish_cpcctl_using_subcommand key; and __fish_seen_subcommand_from import" -l tls-pin -d 'The public key that the server must have over https, as `cpcd tls show` prints it; also CPCCTL_TLS_PIN' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand key; and __fish_seen_subcommand_from import" -l context -d 'The context to use: a server and who one is there; also CPCCTL_CONTEXT [default: the one that `context use` chose, else default]' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand key; and __fish_seen_subcommand_from import" -l token-file -d 'Read the access token from a file, - for stdin; CPCCTL_TOKEN holds the token itself' -r -F
complete -c cpcctl -n "__fish_cpcctl_using_subcommand key; and __fish_seen_subcommand_from import" -s o -l output -d 'How data is written' -r -f -a "table\t'Columns for people'
json\t'One JSON value; a list is one array'
ndjson\t'One JSON value a line'
name\t'Names or ids alone, one a line'"
complete -c cpcctl -n "__fish_cpcctl_using_subcommand key; and __fish_seen_subcommand_from import" -l timeout -d 'How long an answer may take: 500ms, 2s, 1m' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand key; and __fish_seen_subcommand_from import" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR or TERM=dumb says otherwise'
always\t'Everywhere'
never\t'Nowhere'"
complete -c cpcctl -n "__fish_cpcctl_using_subcommand key; and __fish_seen_subcommand_from import" -l progress -d 'How to show progress' -r -f -a "auto\t'A bar on a terminal, plain lines elsewhere, nothing with --quiet'
bar\t'A bar'
plain\t'A line with the time every few seconds'
json\t'A JSON object a line'
none\t'Nothing'"
complete -c cpcctl -n "__fish_cpcctl_using_subcommand key; and __fish_seen_subcommand_from import" -l width -d 'Fit columns to so many characters, even in a pipe' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand key; and __fish_seen_subcommand_from import" -l passphrase -d 'Protect the new file with a new passphrase, which is asked for'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand key; and __fish_seen_subcommand_from import" -l no-passphrase -d 'Write the new file without the passphrase of the old one'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand key; and __fish_seen_subcommand_from import" -l force -d 'Write over existing files: a key that is overwritten cannot be brought back'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand key; and __fish_seen_subcommand_from import" -l local -d 'Speak to the daemon on this machine through its Unix socket, as its administrator'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand key; and __fish_seen_subcommand_from import" -s q -l quiet -d 'No notes and no progress on stderr'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand key; and __fish_seen_subcommand_from import" -s y -l yes -d 'Answer yes to every question'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand key; and __fish_seen_subcommand_from import" -l dry-run -d 'Check, show what would be sent to the server to change something, and do not send it'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand key; and __fish_seen_subcommand_from import" -l no-headers -d 'No titles above the columns'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand key; and __fish_seen_subcommand_from import" -l no-trunc -d 'Do not cut columns to the width of the terminal'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand key; and __fish_seen_subcommand_from import" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand key; and __fish_seen_subcommand_from export" -l format -d 'The form [default: openssh, with --public ssh]' -r -f -a "openssh\t'Private: as ssh-keygen writes it'
pkcs8\t'Private: PKCS#8 in PEM, as openssl writes it'
libp2p\t'Private or public: libp2p\'s protobuf form'
ssh\t'Public: a line for authorized_keys'
peer-id\t'Public: libp2p\'s name of the key'
hex\t'Public: the 32 bytes of the key in hex'"
complete -c cpcctl -n "__fish_cpcctl_using_subcommand key; and __fish_seen_subcommand_from export" -l out -d 'The file to write, - for stdout' -r -F
complete -c cpcctl -n "__fish_cpcctl_using_subcommand key; and __fish_seen_subcommand_from export" -l encoding -d 'How libp2p\'s bytes are written [default: binary, with --public base64]' -r -f -a "binary\t'As they are'
base64\t'A line of base64'
hex\t'A line of hex'"
complete -c cpcctl -n "__fish_cpcctl_using_subcommand key; and __fish_seen_subcommand_from export" -l endpoint -d 'Where cpcd listens: https://HOST:PORT, http://HOST:PORT or unix:///PATH; also CPCCTL_ENDPOINT [default: that of the context, else http://127.0.0.1:50051]' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand key; and __fish_seen_subcommand_from export" -l socket -d 'The socket for --local; also CPCCTL_SOCKET [default: cpcd.sock in cpcd\'s data directory]' -r -F
complete -c cpcctl -n "__fish_cpcctl_using_subcommand key; and __fish_seen_subcommand_from export" -l ca-file -d 'Certificates (PEM) of the authorities to believe over https, in place of the system\'s; also CPCCTL_CA_FILE' -r -F
complete -c cpcctl -n "__fish_cpcctl_using_subcommand key; and __fish_seen_subcommand_from export" -l tls-pin -d 'The public key that the server must have over https, as `cpcd tls show` prints it; also CPCCTL_TLS_PIN' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand key; and __fish_seen_subcommand_from export" -l context -d 'The context to use: a server and who one is there; also CPCCTL_CONTEXT [default: the one that `context use` chose, else default]' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand key; and __fish_seen_subcommand_from export" -l token-file -d 'Read the access token from a file, - for stdin; CPCCTL_TOKEN holds the token itself' -r -F
complete -c cpcctl -n "__fish_cpcctl_using_subcommand key; and __fish_seen_subcommand_from export" -s o -l output -d 'How data is written' -r -f -a "table\t'Columns for people'
json\t'One JSON value; a list is one array'
ndjson\t'One JSON value a line'
name\t'Names or ids alone, one a line'"
complete -c cpcctl -n "__fish_cpcctl_using_subcommand key; and __fish_seen_subcommand_from export" -l timeout -d 'How long an answer may take: 500ms, 2s, 1m' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand key; and __fish_seen_subcommand_from export" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR or TERM=dumb says otherwise'
always\t'Everywhere'
never\t'Nowhere'"
complete -c cpcctl -n "__fish_cpcctl_using_subcommand key; and __fish_seen_subcommand_from export" -l progress -d 'How to show progress' -r -f -a "auto\t'A bar on a terminal, plain lines elsewhere, nothing with --quiet'
bar\t'A bar'
plain\t'A line with the time every few seconds'
json\t'A JSON object a line'
none\t'Nothing'"
complete -c cpcctl -n "__fish_cpcctl_using_subcommand key; and __fish_seen_subcommand_from export" -l width -d 'Fit columns to so many characters, even in a pipe' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand key; and __fish_seen_subcommand_from export" -l public -d 'Write the public half'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand key; and __fish_seen_subcommand_from export" -l passphrase -d 'Protect the file with a new passphrase, which is asked for (openssh only) [default: that of the key, if it has one]'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand key; and __fish_seen_subcommand_from export" -l force -d 'Write over an existing file'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand key; and __fish_seen_subcommand_from export" -l local -d 'Speak to the daemon on this machine through its Unix socket, as its administrator'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand key; and __fish_seen_subcommand_from export" -s q -l quiet -d 'No notes and no progress on stderr'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand key; and __fish_seen_subcommand_from export" -s y -l yes -d 'Answer yes to every question'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand key; and __fish_seen_subcommand_from export" -l dry-run -d 'Check, show what would be sent to the server to change something, and do not send it'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand key; and __fish_seen_subcommand_from export" -l no-headers -d 'No titles above the columns'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand key; and __fish_seen_subcommand_from export" -l no-trunc -d 'Do not cut columns to the width of the terminal'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand key; and __fish_seen_subcommand_from export" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand user; and not __fish_seen_subcommand_from approve create delete key list permit recovery-codes resume show suspend" -l endpoint -d 'Where cpcd listens: https://HOST:PORT, http://HOST:PORT or unix:///PATH; also CPCCTL_ENDPOINT [default: that of the context, else http://127.0.0.1:50051]' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand user; and not __fish_seen_subcommand_from approve create delete key list permit recovery-codes resume show suspend" -l socket -d 'The socket for --local; also CPCCTL_SOCKET [default: cpcd.sock in cpcd\'s data directory]' -r -F
complete -c cpcctl -n "__fish_cpcctl_using_subcommand user; and not __fish_seen_subcommand_from approve create delete key list permit recovery-codes resume show suspend" -l ca-file -d 'Certificates (PEM) of the authorities to believe over https, in place of the system\'s; also CPCCTL_CA_FILE' -r -F
complete -c cpcctl -n "__fish_cpcctl_using_subcommand user; and not __fish_seen_subcommand_from approve create delete key list permit recovery-codes resume show suspend" -l tls-pin -d 'The public key that the server must have over https, as `cpcd tls show` prints it; also CPCCTL_TLS_PIN' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand user; and not __fish_seen_subcommand_from approve create delete key list permit recovery-codes resume show suspend" -l context -d 'The context to use: a server and who one is there; also CPCCTL_CONTEXT [default: the one that `context use` chose, else default]' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand user; and not __fish_seen_subcommand_from approve create delete key list permit recovery-codes resume show suspend" -l token-file -d 'Read the access token from a file, - for stdin; CPCCTL_TOKEN holds the token itself' -r -F
complete -c cpcctl -n "__fish_cpcctl_using_subcommand user; and not __fish_seen_subcommand_from approve create delete key list permit recovery-codes resume show suspend" -s o -l output -d 'How data is written' -r -f -a "table\t'Columns for people'
json\t'One JSON value; a list is one array'
ndjson\t'One JSON value a line'
name\t'Names or ids alone, one a line'"
complete -c cpcctl -n "__fish_cpcctl_using_subcommand user; and not __fish_seen_subcommand_from approve create delete key list permit recovery-codes resume show suspend" -l timeout -d 'How long an answer may take: 500ms, 2s, 1m' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand user; and not __fish_seen_subcommand_from approve create delete key list permit recovery-codes resume show suspend" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR or TERM=dumb says otherwise'
always\t'Everywhere'
never\t'Nowhere'"
complete -c cpcctl -n "__fish_cpcctl_using_subcommand user; and not __fish_seen_subcommand_from approve create delete key list permit recovery-codes resume show suspend" -l progress -d 'How to show progress' -r -f -a "auto\t'A bar on a terminal, plain lines elsewhere, nothing with --quiet'
bar\t'A bar'
plain\t'A line with the time every few seconds'
json\t'A JSON object a line'
none\t'Nothing'"
complete -c cpcctl -n "__fish_cpcctl_using_subcommand user; and not __fish_seen_subcommand_from approve create delete key list permit recovery-codes resume show suspend" -l width -d 'Fit columns to so many characters, even in a pipe' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand user; and not __fish_seen_subcommand_from approve create delete key list permit recovery-codes resume show suspend" -l local -d 'Speak to the daemon on this machine through its Unix socket, as its administrator'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand user; and not __fish_seen_subcommand_from approve create delete key list permit recovery-codes resume show suspend" -s q -l quiet -d 'No notes and no progress on stderr'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand user; and not __fish_seen_subcommand_from approve create delete key list permit recovery-codes resume show suspend" -s y -l yes -d 'Answer yes to every question'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand user; and not __fish_seen_subcommand_from approve create delete key list permit recovery-codes resume show suspend" -l dry-run -d 'Check, show what would be sent to the server to change something, and do not send it'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand user; and not __fish_seen_subcommand_from approve create delete key list permit recovery-codes resume show suspend" -l no-headers -d 'No titles above the columns'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand user; and not __fish_seen_subcommand_from approve create delete key list permit recovery-codes resume show suspend" -l no-trunc -d 'Do not cut columns to the width of the terminal'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand user; and not __fish_seen_subcommand_from approve create delete key list permit recovery-codes resume show suspend" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand user; and not __fish_seen_subcommand_from approve create delete key list permit recovery-codes resume show suspend" -f -a "approve" -d 'Lets users in who wait for approval; `user suspend` turns them away'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand user; and not __fish_seen_subcommand_from approve create delete key list permit recovery-codes resume show suspend" -f -a "create" -d 'Makes a user who can log in with a key'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand user; and not __fish_seen_subcommand_from approve create delete key list permit recovery-codes resume show suspend" -f -a "delete" -d 'Deletes a user for good, with sessions, friendships, grants, invites, webhooks and, within some minutes, content'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand user; and not __fish_seen_subcommand_from approve create delete key list permit recovery-codes resume show suspend" -f -a "key" -d 'Lists, adds and takes back the keys that you log in with'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand user; and not __fish_seen_subcommand_from approve create delete key list permit recovery-codes resume show suspend" -f -a "list" -d 'Lists users in the order in which they were made'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand user; and not __fish_seen_subcommand_from approve create delete key list permit recovery-codes resume show suspend" -f -a "permit" -d 'Changes what a user may do'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand user; and not __fish_seen_subcommand_from approve create delete key list permit recovery-codes resume show suspend" -f -a "recovery-codes" -d 'Makes ten recovery codes and shows them, this once: each lets you in with a new key when all others are lost'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand user; and not __fish_seen_subcommand_from approve create delete key list permit recovery-codes resume show suspend" -f -a "resume" -d 'Takes suspensions back: the users can log in again'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand user; and not __fish_seen_subcommand_from approve create delete key list permit recovery-codes resume show suspend" -f -a "show" -d 'Shows a user'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand user; and not __fish_seen_subcommand_from approve create delete key list permit recovery-codes resume show suspend" -f -a "suspend" -d 'Suspends users: their sessions and service tokens end, and they open no more'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand user; and __fish_seen_subcommand_from approve" -l endpoint -d 'Where cpcd listens: https://HOST:PORT, http://HOST:PORT or unix:///PATH; also CPCCTL_ENDPOINT [default: that of the context, else http://127.0.0.1:50051]' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand user; and __fish_seen_subcommand_from approve" -l socket -d 'The socket for --local; also CPCCTL_SOCKET [default: cpcd.sock in cpcd\'s data directory]' -r -F
complete -c cpcctl -n "__fish_cpcctl_using_subcommand user; and __fish_seen_subcommand_from approve" -l ca-file -d 'Certificates (PEM) of the authorities to believe over https, in place of the system\'s; also CPCCTL_CA_FILE' -r -F
complete -c cpcctl -n "__fish_cpcctl_using_subcommand user; and __fish_seen_subcommand_from approve" -l tls-pin -d 'The public key that the server must have over https, as `cpcd tls show` prints it; also CPCCTL_TLS_PIN' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand user; and __fish_seen_subcommand_from approve" -l context -d 'The context to use: a server and who one is there; also CPCCTL_CONTEXT [default: the one that `context use` chose, else default]' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand user; and __fish_seen_subcommand_from approve" -l token-file -d 'Read the access token from a file, - for stdin; CPCCTL_TOKEN holds the token itself' -r -F
complete -c cpcctl -n "__fish_cpcctl_using_subcommand user; and __fish_seen_subcommand_from approve" -s o -l output -d 'How data is written' -r -f -a "table\t'Columns for people'
json\t'One JSON value; a list is one array'
ndjson\t'One JSON value a line'
name\t'Names or ids alone, one a line'"
complete -c cpcctl -n "__fish_cpcctl_using_subcommand user; and __fish_seen_subcommand_from approve" -l timeout -d 'How long an answer may take: 500ms, 2s, 1m' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand user; and __fish_seen_subcommand_from approve" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR or TERM=dumb says otherwise'
always\t'Everywhere'
never\t'Nowhere'"
complete -c cpcctl -n "__fish_cpcctl_using_subcommand user; and __fish_seen_subcommand_from approve" -l progress -d 'How to show progress' -r -f -a "auto\t'A bar on a terminal, plain lines elsewhere, nothing with --quiet'
bar\t'A bar'
plain\t'A line with the time every few seconds'
json\t'A JSON object a line'
none\t'Nothing'"
complete -c cpcctl -n "__fish_cpcctl_using_subcommand user; and __fish_seen_subcommand_from approve" -l width -d 'Fit columns to so many characters, even in a pipe' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand user; and __fish_seen_subcommand_from approve" -l local -d 'Speak to the daemon on this machine through its Unix socket, as its administrator'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand user; and __fish_seen_subcommand_from approve" -s q -l quiet -d 'No notes and no progress on stderr'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand user; and __fish_seen_subcommand_from approve" -s y -l yes -d 'Answer yes to every question'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand user; and __fish_seen_subcommand_from approve" -l dry-run -d 'Check, show what would be sent to the server to change something, and do not send it'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand user; and __fish_seen_subcommand_from approve" -l no-headers -d 'No titles above the columns'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand user; and __fish_seen_subcommand_from approve" -l no-trunc -d 'Do not cut columns to the width of the terminal'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand user; and __fish_seen_subcommand_from approve" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand user; and __fish_seen_subcommand_from create" -l key -d 'The key: a peer id, an ssh-ed25519 line, or the path of a key file [default: your own default key]' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand user; and __fish_seen_subcommand_from create" -l permission -d 'What the user may do: nodes, allocations, content, users, metrics or system = read, write or admin [default: the server\'s]' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand user; and __fish_seen_subcommand_from create" -l endpoint -d 'Where cpcd listens: https://HOST:PORT, http://HOST:PORT or unix:///PATH; also CPCCTL_ENDPOINT [default: that of the context, else http://127.0.0.1:50051]' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand user; and __fish_seen_subcommand_from create" -l socket -d 'The socket for --local; also CPCCTL_SOCKET [default: cpcd.sock in cpcd\'s data directory]' -r -F
complete -c cpcctl -n "__fish_cpcctl_using_subcommand user; and __fish_seen_subcommand_from create" -l ca-file -d 'Certificates (PEM) of the authorities to believe over https, in place of the system\'s; also CPCCTL_CA_FILE' -r -F
complete -c cpcctl -n "__fish_cpcctl_using_subcommand user; and __fish_seen_subcommand_from create" -l tls-pin -d 'The public key that the server must have over https, as `cpcd tls show` prints it; also CPCCTL_TLS_PIN' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand user; and __fish_seen_subcommand_from create" -l context -d 'The context to use: a server and who one is there; also CPCCTL_CONTEXT [default: the one that `context use` chose, else default]' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand user; and __fish_seen_subcommand_from create" -l token-file -d 'Read the access token from a file, - for stdin; CPCCTL_TOKEN holds the token itself' -r -F
complete -c cpcctl -n "__fish_cpcctl_using_subcommand user; and __fish_seen_subcommand_from create" -s o -l output -d 'How data is written' -r -f -a "table\t'Columns for people'
json\t'One JSON value; a list is one array'
ndjson\t'One JSON value a line'
name\t'Names or ids alone, one a line'"
complete -c cpcctl -n "__fish_cpcctl_using_subcommand user; and __fish_seen_subcommand_from create" -l timeout -d 'How long an answer may take: 500ms, 2s, 1m' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand user; and __fish_seen_subcommand_from create" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR or TERM=dumb says otherwise'
always\t'Everywhere'
never\t'Nowhere'"
complete -c cpcctl -n "__fish_cpcctl_using_subcommand user; and __fish_seen_subcommand_from create" -l progress -d 'How to show progress' -r -f -a "auto\t'A bar on a terminal, plain lines elsewhere, nothing with --quiet'
bar\t'A bar'
plain\t'A line with the time every few seconds'
json\t'A JSON object a line'
none\t'Nothing'"
complete -c cpcctl -n "__fish_cpcctl_using_subcommand user; and __fish_seen_subcommand_from create" -l width -d 'Fit columns to so many characters, even in a pipe' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand user; and __fish_seen_subcommand_from create" -l local -d 'Speak to the daemon on this machine through its Unix socket, as its administrator'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand user; and __fish_seen_subcommand_from create" -s q -l quiet -d 'No notes and no progress on stderr'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand user; and __fish_seen_subcommand_from create" -s y -l yes -d 'Answer yes to every question'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand user; and __fish_seen_subcommand_from create" -l dry-run -d 'Check, show what would be sent to the server to change something, and do not send it'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand user; and __fish_seen_subcommand_from create" -l no-headers -d 'No titles above the columns'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand user; and __fish_seen_subcommand_from create" -l no-trunc -d 'Do not cut columns to the width of the terminal'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand user; and __fish_seen_subcommand_from create" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand user; and __fish_seen_subcommand_from delete" -l endpoint -d 'Where cpcd listens: https://HOST:PORT, http://HOST:PORT or unix:///PATH; also CPCCTL_ENDPOINT [default: that of the context, else http://127.0.0.1:50051]' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand user; and __fish_seen_subcommand_from delete" -l socket -d 'The socket for --local; also CPCCTL_SOCKET [default: cpcd.sock in cpcd\'s data directory]' -r -F
complete -c cpcctl -n "__fish_cpcctl_using_subcommand user; and __fish_seen_subcommand_from delete" -l ca-file -d 'Certificates (PEM) of the authorities to believe over https, in place of the system\'s; also CPCCTL_CA_FILE' -r -F
complete -c cpcctl -n "__fish_cpcctl_using_subcommand user; and __fish_seen_subcommand_from delete" -l tls-pin -d 'The public key that the server must have over https, as `cpcd tls show` prints it; also CPCCTL_TLS_PIN' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand user; and __fish_seen_subcommand_from delete" -l context -d 'The context to use: a server and who one is there; also CPCCTL_CONTEXT [default: the one that `context use` chose, else default]' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand user; and __fish_seen_subcommand_from delete" -l token-file -d 'Read the access token from a file, - for stdin; CPCCTL_TOKEN holds the token itself' -r -F
complete -c cpcctl -n "__fish_cpcctl_using_subcommand user; and __fish_seen_subcommand_from delete" -s o -l output -d 'How data is written' -r -f -a "table\t'Columns for people'
json\t'One JSON value; a list is one array'
ndjson\t'One JSON value a line'
name\t'Names or ids alone, one a line'"
complete -c cpcctl -n "__fish_cpcctl_using_subcommand user; and __fish_seen_subcommand_from delete" -l timeout -d 'How long an answer may take: 500ms, 2s, 1m' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand user; and __fish_seen_subcommand_from delete" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR or TERM=dumb says otherwise'
always\t'Everywhere'
never\t'Nowhere'"
complete -c cpcctl -n "__fish_cpcctl_using_subcommand user; and __fish_seen_subcommand_from delete" -l progress -d 'How to show progress' -r -f -a "auto\t'A bar on a terminal, plain lines elsewhere, nothing with --quiet'
bar\t'A bar'
plain\t'A line with the time every few seconds'
json\t'A JSON object a line'
none\t'Nothing'"
complete -c cpcctl -n "__fish_cpcctl_using_subcommand user; and __fish_seen_subcommand_from delete" -l width -d 'Fit columns to so many characters, even in a pipe' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand user; and __fish_seen_subcommand_from delete" -l local -d 'Speak to the daemon on this machine through its Unix socket, as its administrator'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand user; and __fish_seen_subcommand_from delete" -s q -l quiet -d 'No notes and no progress on stderr'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand user; and __fish_seen_subcommand_from delete" -s y -l yes -d 'Answer yes to every question'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand user; and __fish_seen_subcommand_from delete" -l dry-run -d 'Check, show what would be sent to the server to change something, and do not send it'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand user; and __fish_seen_subcommand_from delete" -l no-headers -d 'No titles above the columns'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand user; and __fish_seen_subcommand_from delete" -l no-trunc -d 'Do not cut columns to the width of the terminal'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand user; and __fish_seen_subcommand_from delete" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand user; and __fish_seen_subcommand_from key" -l endpoint -d 'Where cpcd listens: https://HOST:PORT, http://HOST:PORT or unix:///PATH; also CPCCTL_ENDPOINT [default: that of the context, else http://127.0.0.1:50051]' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand user; and __fish_seen_subcommand_from key" -l socket -d 'The socket for --local; also CPCCTL_SOCKET [default: cpcd.sock in cpcd\'s data directory]' -r -F
complete -c cpcctl -n "__fish_cpcctl_using_subcommand user; and __fish_seen_subcommand_from key" -l ca-file -d 'Certificates (PEM) of the authorities to believe over https, in place of the system\'s; also CPCCTL_CA_FILE' -r -F
complete -c cpcctl -n "__fish_cpcctl_using_subcommand user; and __fish_seen_subcommand_from key" -l tls-pin -d 'The public key that the server must have over https, as `cpcd tls show` prints it; also CPCCTL_TLS_PIN' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand user; and __fish_seen_subcommand_from key" -l context -d 'The context to use: a server and who one is there; also CPCCTL_CONTEXT [default: the one that `context use` chose, else default]' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand user; and __fish_seen_subcommand_from key" -l token-file -d 'Read the access token from a file, - for stdin; CPCCTL_TOKEN holds the token itself' -r -F
complete -c cpcctl -n "__fish_cpcctl_using_subcommand user; and __fish_seen_subcommand_from key" -s o -l output -d 'How data is written' -r -f -a "table\t'Columns for people'
json\t'One JSON value; a list is one array'
ndjson\t'One JSON value a line'
name\t'Names or ids alone, one a line'"
complete -c cpcctl -n "__fish_cpcctl_using_subcommand user; and __fish_seen_subcommand_from key" -l timeout -d 'How long an answer may take: 500ms, 2s, 1m' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand user; and __fish_seen_subcommand_from key" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR or TERM=dumb says otherwise'
always\t'Everywhere'
never\t'Nowhere'"
complete -c cpcctl -n "__fish_cpcctl_using_subcommand user; and __fish_seen_subcommand_from key" -l progress -d 'How to show progress' -r -f -a "auto\t'A bar on a terminal, plain lines elsewhere, nothing with --quiet'
bar\t'A bar'
plain\t'A line with the time every few seconds'
json\t'A JSON object a line'
none\t'Nothing'"
complete -c cpcctl -n "__fish_cpcctl_using_subcommand user; and __fish_seen_subcommand_from key" -l width -d 'Fit columns to so many characters, even in a pipe' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand user; and __fish_seen_subcommand_from key" -l local -d 'Speak to the daemon on this machine through its Unix socket, as its administrator'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand user; and __fish_seen_subcommand_from key" -s q -l quiet -d 'No notes and no progress on stderr'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand user; and __fish_seen_subcommand_from key" -s y -l yes -d 'Answer yes to every question'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand user; and __fish_seen_subcommand_from key" -l dry-run -d 'Check, show what would be sent to the server to change something, and do not send it'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand user; and __fish_seen_subcommand_from key" -l no-headers -d 'No titles above the columns'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand user; and __fish_seen_subcommand_from key" -l no-trunc -d 'Do not cut columns to the width of the terminal'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand user; and __fish_seen_subcommand_from key" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand user; and __fish_seen_subcommand_from key" -f -a "add" -d 'Adds a key that you can log in with, beside those that you have'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand user; and __fish_seen_subcommand_from key" -f -a "list" -d 'Lists the keys that you can log in with, or those of a user'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand user; and __fish_seen_subcommand_from key" -f -a "rotate" -d 'Puts a new key in the place of the one that you log in with, and logs in with it'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand user; and __fish_seen_subcommand_from key" -f -a "revoke" -d 'Takes keys back, and ends the sessions that they opened; your last key stays'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand user; and __fish_seen_subcommand_from list" -l state -d 'Only those of a state' -r -f -a "active\t'Those that may be used'
pending\t'Those that wait for approval'
suspended\t'Those that are suspended'"
complete -c cpcctl -n "__fish_cpcctl_using_subcommand user; and __fish_seen_subcommand_from list" -l limit -d 'At most so many; 0 for all' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand user; and __fish_seen_subcommand_from list" -l page-token -d 'Go on where a page ended' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand user; and __fish_seen_subcommand_from list" -l endpoint -d 'Where cpcd listens: https://HOST:PORT, http://HOST:PORT or unix:///PATH; also CPCCTL_ENDPOINT [default: that of the context, else http://127.0.0.1:50051]' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand user; and __fish_seen_subcommand_from list" -l socket -d 'The socket for --local; also CPCCTL_SOCKET [default: cpcd.sock in cpcd\'s data directory]' -r -F
complete -c cpcctl -n "__fish_cpcctl_using_subcommand user; and __fish_seen_subcommand_from list" -l ca-file -d 'Certificates (PEM) of the authorities to believe over https, in place of the system\'s; also CPCCTL_CA_FILE' -r -F
complete -c cpcctl -n "__fish_cpcctl_using_subcommand user; and __fish_seen_subcommand_from list" -l tls-pin -d 'The public key that the server must have over https, as `cpcd tls show` prints it; also CPCCTL_TLS_PIN' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand user; and __fish_seen_subcommand_from list" -l context -d 'The context to use: a server and who one is there; also CPCCTL_CONTEXT [default: the one that `context use` chose, else default]' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand user; and __fish_seen_subcommand_from list" -l token-file -d 'Read the access token from a file, - for stdin; CPCCTL_TOKEN holds the token itself' -r -F
complete -c cpcctl -n "__fish_cpcctl_using_subcommand user; and __fish_seen_subcommand_from list" -s o -l output -d 'How data is written' -r -f -a "table\t'Columns for people'
json\t'One JSON value; a list is one array'
ndjson\t'One JSON value a line'
name\t'Names or ids alone, one a line'"
complete -c cpcctl -n "__fish_cpcctl_using_subcommand user; and __fish_seen_subcommand_from list" -l timeout -d 'How long an answer may take: 500ms, 2s, 1m' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand user; and __fish_seen_subcommand_from list" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR or TERM=dumb says otherwise'
always\t'Everywhere'
never\t'Nowhere'"
complete -c cpcctl -n "__fish_cpcctl_using_subcommand user; and __fish_seen_subcommand_from list" -l progress -d 'How to show progress' -r -f -a "auto\t'A bar on a terminal, plain lines elsewhere, nothing with --quiet'
bar\t'A bar'
plain\t'A line with the time every few seconds'
json\t'A JSON object a line'
none\t'Nothing'"
complete -c cpcctl -n "__fish_cpcctl_using_subcommand user; and __fish_seen_subcommand_from list" -l width -d 'Fit columns to so many characters, even in a pipe' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand user; and __fish_seen_subcommand_from list" -l local -d 'Speak to the daemon on this machine through its Unix socket, as its administrator'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand user; and __fish_seen_subcommand_from list" -s q -l quiet -d 'No notes and no progress on stderr'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand user; and __fish_seen_subcommand_from list" -s y -l yes -d 'Answer yes to every question'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand user; and __fish_seen_subcommand_from list" -l dry-run -d 'Check, show what would be sent to the server to change something, and do not send it'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand user; and __fish_seen_subcommand_from list" -l no-headers -d 'No titles above the columns'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand user; and __fish_seen_subcommand_from list" -l no-trunc -d 'Do not cut columns to the width of the terminal'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand user; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand user; and __fish_seen_subcommand_from permit" -l permission -d 'What the user may do: a resource and a level, and after @ what it is narrowed to' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand user; and __fish_seen_subcommand_from permit" -l scope -d 'Narrows the permissions that have no scope of their own: owner=USER, object=ID or label=NAME:VALUE' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand user; and __fish_seen_subcommand_from permit" -l endpoint -d 'Where cpcd listens: https://HOST:PORT, http://HOST:PORT or unix:///PATH; also CPCCTL_ENDPOINT [default: that of the context, else http://127.0.0.1:50051]' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand user; and __fish_seen_subcommand_from permit" -l socket -d 'The socket for --local; also CPCCTL_SOCKET [default: cpcd.sock in cpcd\'s data directory]' -r -F
complete -c cpcctl -n "__fish_cpcctl_using_subcommand user; and __fish_seen_subcommand_from permit" -l ca-file -d 'Certificates (PEM) of the authorities to believe over https, in place of the system\'s; also CPCCTL_CA_FILE' -r -F
complete -c cpcctl -n "__fish_cpcctl_using_subcommand user; and __fish_seen_subcommand_from permit" -l tls-pin -d 'The public key that the server must have over https, as `cpcd tls show` prints it; also CPCCTL_TLS_PIN' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand user; and __fish_seen_subcommand_from permit" -l context -d 'The context to use: a server and who one is there; also CPCCTL_CONTEXT [default: the one that `context use` chose, else default]' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand user; and __fish_seen_subcommand_from permit" -l token-file -d 'Read the access token from a file, - for stdin; CPCCTL_TOKEN holds the token itself' -r -F
complete -c cpcctl -n "__fish_cpcctl_using_subcommand user; and __fish_seen_subcommand_from permit" -s o -l output -d 'How data is written' -r -f -a "table\t'Columns for people'
json\t'One JSON value; a list is one array'
ndjson\t'One JSON value a line'
name\t'Names or ids alone, one a line'"
complete -c cpcctl -n "__fish_cpcctl_using_subcommand user; and __fish_seen_subcommand_from permit" -l timeout -d 'How long an answer may take: 500ms, 2s, 1m' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand user; and __fish_seen_subcommand_from permit" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR or TERM=dumb says otherwise'
always\t'Everywhere'
never\t'Nowhere'"
complete -c cpcctl -n "__fish_cpcctl_using_subcommand user; and __fish_seen_subcommand_from permit" -l progress -d 'How to show progress' -r -f -a "auto\t'A bar on a terminal, plain lines elsewhere, nothing with --quiet'
bar\t'A bar'
plain\t'A line with the time every few seconds'
json\t'A JSON object a line'
none\t'Nothing'"
complete -c cpcctl -n "__fish_cpcctl_using_subcommand user; and __fish_seen_subcommand_from permit" -l width -d 'Fit columns to so many characters, even in a pipe' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand user; and __fish_seen_subcommand_from permit" -l add -d 'Adds to what the user may do (the default); a higher level that is there stays'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand user; and __fish_seen_subcommand_from permit" -l remove -d 'Takes these permissions away'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand user; and __fish_seen_subcommand_from permit" -l replace -d 'Puts these in place of everything that the user may do'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand user; and __fish_seen_subcommand_from permit" -l local -d 'Speak to the daemon on this machine through its Unix socket, as its administrator'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand user; and __fish_seen_subcommand_from permit" -s q -l quiet -d 'No notes and no progress on stderr'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand user; and __fish_seen_subcommand_from permit" -s y -l yes -d 'Answer yes to every question'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand user; and __fish_seen_subcommand_from permit" -l dry-run -d 'Check, show what would be sent to the server to change something, and do not send it'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand user; and __fish_seen_subcommand_from permit" -l no-headers -d 'No titles above the columns'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand user; and __fish_seen_subcommand_from permit" -l no-trunc -d 'Do not cut columns to the width of the terminal'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand user; and __fish_seen_subcommand_from permit" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand user; and __fish_seen_subcommand_from recovery-codes" -l endpoint -d 'Where cpcd listens: https://HOST:PORT, http://HOST:PORT or unix:///PATH; also CPCCTL_ENDPOINT [default: that of the context, else http://127.0.0.1:50051]' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand user; and __fish_seen_subcommand_from recovery-codes" -l socket -d 'The socket for --local; also CPCCTL_SOCKET [default: cpcd.sock in cpcd\'s data directory]' -r -F
complete -c cpcctl -n "__fish_cpcctl_using_subcommand user; and __fish_seen_subcommand_from recovery-codes" -l ca-file -d 'Certificates (PEM) of the authorities to believe over https, in place of the system\'s; also CPCCTL_CA_FILE' -r -F
complete -c cpcctl -n "__fish_cpcctl_using_subcommand user; and __fish_seen_subcommand_from recovery-codes" -l tls-pin -d 'The public key that the server must have over https, as `cpcd tls show` prints it; also CPCCTL_TLS_PIN' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand user; and __fish_seen_subcommand_from recovery-codes" -l context -d 'The context to use: a server and who one is there; also CPCCTL_CONTEXT [default: the one that `context use` chose, else default]' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand user; and __fish_seen_subcommand_from recovery-codes" -l token-file -d 'Read the access token from a file, - for stdin; CPCCTL_TOKEN holds the token itself' -r -F
complete -c cpcctl -n "__fish_cpcctl_using_subcommand user; and __fish_seen_subcommand_from recovery-codes" -s o -l output -d 'How data is written' -r -f -a "table\t'Columns for people'
json\t'One JSON value; a list is one array'
ndjson\t'One JSON value a line'
name\t'Names or ids alone, one a line'"
complete -c cpcctl -n "__fish_cpcctl_using_subcommand user; and __fish_seen_subcommand_from recovery-codes" -l timeout -d 'How long an answer may take: 500ms, 2s, 1m' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand user; and __fish_seen_subcommand_from recovery-codes" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR or TERM=dumb says otherwise'
always\t'Everywhere'
never\t'Nowhere'"
complete -c cpcctl -n "__fish_cpcctl_using_subcommand user; and __fish_seen_subcommand_from recovery-codes" -l progress -d 'How to show progress' -r -f -a "auto\t'A bar on a terminal, plain lines elsewhere, nothing with --quiet'
bar\t'A bar'
plain\t'A line with the time every few seconds'
json\t'A JSON object a line'
none\t'Nothing'"
complete -c cpcctl -n "__fish_cpcctl_using_subcommand user; and __fish_seen_subcommand_from recovery-codes" -l width -d 'Fit columns to so many characters, even in a pipe' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand user; and __fish_seen_subcommand_from recovery-codes" -l local -d 'Speak to the daemon on this machine through its Unix socket, as its administrator'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand user; and __fish_seen_subcommand_from recovery-codes" -s q -l quiet -d 'No notes and no progress on stderr'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand user; and __fish_seen_subcommand_from recovery-codes" -s y -l yes -d 'Answer yes to every question'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand user; and __fish_seen_subcommand_from recovery-codes" -l dry-run -d 'Check, show what would be sent to the server to change something, and do not send it'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand user; and __fish_seen_subcommand_from recovery-codes" -l no-headers -d 'No titles above the columns'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand user; and __fish_seen_subcommand_from recovery-codes" -l no-trunc -d 'Do not cut columns to the width of the terminal'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand user; and __fish_seen_subcommand_from recovery-codes" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand user; and __fish_seen_subcommand_from resume" -l endpoint -d 'Where cpcd listens: https://HOST:PORT, http://HOST:PORT or unix:///PATH; also CPCCTL_ENDPOINT [default: that of the context, else http://127.0.0.1:50051]' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand user; and __fish_seen_subcommand_from resume" -l socket -d 'The socket for --local; also CPCCTL_SOCKET [default: cpcd.sock in cpcd\'s data directory]' -r -F
complete -c cpcctl -n "__fish_cpcctl_using_subcommand user; and __fish_seen_subcommand_from resume" -l ca-file -d 'Certificates (PEM) of the authorities to believe over https, in place of the system\'s; also CPCCTL_CA_FILE' -r -F
complete -c cpcctl -n "__fish_cpcctl_using_subcommand user; and __fish_seen_subcommand_from resume" -l tls-pin -d 'The public key that the server must have over https, as `cpcd tls show` prints it; also CPCCTL_TLS_PIN' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand user; and __fish_seen_subcommand_from resume" -l context -d 'The context to use: a server and who one is there; also CPCCTL_CONTEXT [default: the one that `context use` chose, else default]' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand user; and __fish_seen_subcommand_from resume" -l token-file -d 'Read the access token from a file, - for stdin; CPCCTL_TOKEN holds the token itself' -r -F
complete -c cpcctl -n "__fish_cpcctl_using_subcommand user; and __fish_seen_subcommand_from resume" -s o -l output -d 'How data is written' -r -f -a "table\t'Columns for people'
json\t'One JSON value; a list is one array'
ndjson\t'One JSON value a line'
name\t'Names or ids alone, one a line'"
complete -c cpcctl -n "__fish_cpcctl_using_subcommand user; and __fish_seen_subcommand_from resume" -l timeout -d 'How long an answer may take: 500ms, 2s, 1m' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand user; and __fish_seen_subcommand_from resume" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR or TERM=dumb says otherwise'
always\t'Everywhere'
never\t'Nowhere'"
complete -c cpcctl -n "__fish_cpcctl_using_subcommand user; and __fish_seen_subcommand_from resume" -l progress -d 'How to show progress' -r -f -a "auto\t'A bar on a terminal, plain lines elsewhere, nothing with --quiet'
bar\t'A bar'
plain\t'A line with the time every few seconds'
json\t'A JSON object a line'
none\t'Nothing'"
complete -c cpcctl -n "__fish_cpcctl_using_subcommand user; and __fish_seen_subcommand_from resume" -l width -d 'Fit columns to so many characters, even in a pipe' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand user; and __fish_seen_subcommand_from resume" -l local -d 'Speak to the daemon on this machine through its Unix socket, as its administrator'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand user; and __fish_seen_subcommand_from resume" -s q -l quiet -d 'No notes and no progress on stderr'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand user; and __fish_seen_subcommand_from resume" -s y -l yes -d 'Answer yes to every question'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand user; and __fish_seen_subcommand_from resume" -l dry-run -d 'Check, show what would be sent to the server to change something, and do not send it'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand user; and __fish_seen_subcommand_from resume" -l no-headers -d 'No titles above the columns'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand user; and __fish_seen_subcommand_from resume" -l no-trunc -d 'Do not cut columns to the width of the terminal'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand user; and __fish_seen_subcommand_from resume" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand user; and __fish_seen_subcommand_from show" -l endpoint -d 'Where cpcd listens: https://HOST:PORT, http://HOST:PORT or unix:///PATH; also CPCCTL_ENDPOINT [default: that of the context, else http://127.0.0.1:50051]' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand user; and __fish_seen_subcommand_from show" -l socket -d 'The socket for --local; also CPCCTL_SOCKET [default: cpcd.sock in cpcd\'s data directory]' -r -F
complete -c cpcctl -n "__fish_cpcctl_using_subcommand user; and __fish_seen_subcommand_from show" -l ca-file -d 'Certificates (PEM) of the authorities to believe over https, in place of the system\'s; also CPCCTL_CA_FILE' -r -F
complete -c cpcctl -n "__fish_cpcctl_using_subcommand user; and __fish_seen_subcommand_from show" -l tls-pin -d 'The public key that the server must have over https, as `cpcd tls show` prints it; also CPCCTL_TLS_PIN' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand user; and __fish_seen_subcommand_from show" -l context -d 'The context to use: a server and who one is there; also CPCCTL_CONTEXT [default: the one that `context use` chose, else default]' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand user; and __fish_seen_subcommand_from show" -l token-file -d 'Read the access token from a file, - for stdin; CPCCTL_TOKEN holds the token itself' -r -F
complete -c cpcctl -n "__fish_cpcctl_using_subcommand user; and __fish_seen_subcommand_from show" -s o -l output -d 'How data is written' -r -f -a "table\t'Columns for people'
json\t'One JSON value; a list is one array'
ndjson\t'One JSON value a line'
name\t'Names or ids alone, one a line'"
complete -c cpcctl -n "__fish_cpcctl_using_subcommand user; and __fish_seen_subcommand_from show" -l timeout -d 'How long an answer may take: 500ms, 2s, 1m' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand user; and __fish_seen_subcommand_from show" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR or TERM=dumb says otherwise'
always\t'Everywhere'
never\t'Nowhere'"
complete -c cpcctl -n "__fish_cpcctl_using_subcommand user; and __fish_seen_subcommand_from show" -l progress -d 'How to show progress' -r -f -a "auto\t'A bar on a terminal, plain lines elsewhere, nothing with --quiet'
bar\t'A bar'
plain\t'A line with the time every few seconds'
json\t'A JSON object a line'
none\t'Nothing'"
complete -c cpcctl -n "__fish_cpcctl_using_subcommand user; and __fish_seen_subcommand_from show" -l width -d 'Fit columns to so many characters, even in a pipe' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand user; and __fish_seen_subcommand_from show" -l local -d 'Speak to the daemon on this machine through its Unix socket, as its administrator'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand user; and __fish_seen_subcommand_from show" -s q -l quiet -d 'No notes and no progress on stderr'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand user; and __fish_seen_subcommand_from show" -s y -l yes -d 'Answer yes to every question'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand user; and __fish_seen_subcommand_from show" -l dry-run -d 'Check, show what would be sent to the server to change something, and do not send it'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand user; and __fish_seen_subcommand_from show" -l no-headers -d 'No titles above the columns'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand user; and __fish_seen_subcommand_from show" -l no-trunc -d 'Do not cut columns to the width of the terminal'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand user; and __fish_seen_subcommand_from show" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand user; and __fish_seen_subcommand_from suspend" -l endpoint -d 'Where cpcd listens: https://HOST:PORT, http://HOST:PORT or unix:///PATH; also CPCCTL_ENDPOINT [default: that of the context, else http://127.0.0.1:50051]' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand user; and __fish_seen_subcommand_from suspend" -l socket -d 'The socket for --local; also CPCCTL_SOCKET [default: cpcd.sock in cpcd\'s data directory]' -r -F
complete -c cpcctl -n "__fish_cpcctl_using_subcommand user; and __fish_seen_subcommand_from suspend" -l ca-file -d 'Certificates (PEM) of the authorities to believe over https, in place of the system\'s; also CPCCTL_CA_FILE' -r -F
complete -c cpcctl -n "__fish_cpcctl_using_subcommand user; and __fish_seen_subcommand_from suspend" -l tls-pin -d 'The public key that the server must have over https, as `cpcd tls show` prints it; also CPCCTL_TLS_PIN' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand user; and __fish_seen_subcommand_from suspend" -l context -d 'The context to use: a server and who one is there; also CPCCTL_CONTEXT [default: the one that `context use` chose, else default]' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand user; and __fish_seen_subcommand_from suspend" -l token-file -d 'Read the access token from a file, - for stdin; CPCCTL_TOKEN holds the token itself' -r -F
complete -c cpcctl -n "__fish_cpcctl_using_subcommand user; and __fish_seen_subcommand_from suspend" -s o -l output -d 'How data is written' -r -f -a "table\t'Columns for people'
json\t'One JSON value; a list is one array'
ndjson\t'One JSON value a line'
name\t'Names or ids alone, one a line'"
complete -c cpcctl -n "__fish_cpcctl_using_subcommand user; and __fish_seen_subcommand_from suspend" -l timeout -d 'How long an answer may take: 500ms, 2s, 1m' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand user; and __fish_seen_subcommand_from suspend" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR or TERM=dumb says otherwise'
always\t'Everywhere'
never\t'Nowhere'"
complete -c cpcctl -n "__fish_cpcctl_using_subcommand user; and __fish_seen_subcommand_from suspend" -l progress -d 'How to show progress' -r -f -a "auto\t'A bar on a terminal, plain lines elsewhere, nothing with --quiet'
bar\t'A bar'
plain\t'A line with the time every few seconds'
json\t'A JSON object a line'
none\t'Nothing'"
complete -c cpcctl -n "__fish_cpcctl_using_subcommand user; and __fish_seen_subcommand_from suspend" -l width -d 'Fit columns to so many characters, even in a pipe' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand user; and __fish_seen_subcommand_from suspend" -l local -d 'Speak to the daemon on this machine through its Unix socket, as its administrator'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand user; and __fish_seen_subcommand_from suspend" -s q -l quiet -d 'No notes and no progress on stderr'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand user; and __fish_seen_subcommand_from suspend" -s y -l yes -d 'Answer yes to every question'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand user; and __fish_seen_subcommand_from suspend" -l dry-run -d 'Check, show what would be sent to the server to change something, and do not send it'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand user; and __fish_seen_subcommand_from suspend" -l no-headers -d 'No titles above the columns'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand user; and __fish_seen_subcommand_from suspend" -l no-trunc -d 'Do not cut columns to the width of the terminal'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand user; and __fish_seen_subcommand_from suspend" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand friend; and not __fish_seen_subcommand_from request accept decline cancel remove block unblock list" -l endpoint -d 'Where cpcd listens: https://HOST:PORT, http://HOST:PORT or unix:///PATH; also CPCCTL_ENDPOINT [default: that of the context, else http://127.0.0.1:50051]' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand friend; and not __fish_seen_subcommand_from request accept decline cancel remove block unblock list" -l socket -d 'The socket for --local; also CPCCTL_SOCKET [default: cpcd.sock in cpcd\'s data directory]' -r -F
complete -c cpcctl -n "__fish_cpcctl_using_subcommand friend; and not __fish_seen_subcommand_from request accept decline cancel remove block unblock list" -l ca-file -d 'Certificates (PEM) of the authorities to believe over https, in place of the system\'s; also CPCCTL_CA_FILE' -r -F
complete -c cpcctl -n "__fish_cpcctl_using_subcommand friend; and not __fish_seen_subcommand_from request accept decline cancel remove block unblock list" -l tls-pin -d 'The public key that the server must have over https, as `cpcd tls show` prints it; also CPCCTL_TLS_PIN' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand friend; and not __fish_seen_subcommand_from request accept decline cancel remove block unblock list" -l context -d 'The context to use: a server and who one is there; also CPCCTL_CONTEXT [default: the one that `context use` chose, else default]' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand friend; and not __fish_seen_subcommand_from request accept decline cancel remove block unblock list" -l token-file -d 'Read the access token from a file, - for stdin; CPCCTL_TOKEN holds the token itself' -r -F
complete -c cpcctl -n "__fish_cpcctl_using_subcommand friend; and not __fish_seen_subcommand_from request accept decline cancel remove block unblock list" -s o -l output -d 'How data is written' -r -f -a "table\t'Columns for people'
json\t'One JSON value; a list is one array'
ndjson\t'One JSON value a line'
name\t'Names or ids alone, one a line'"
complete -c cpcctl -n "__fish_cpcctl_using_subcommand friend; and not __fish_seen_subcommand_from request accept decline cancel remove block unblock list" -l timeout -d 'How long an answer may take: 500ms, 2s, 1m' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand friend; and not __fish_seen_subcommand_from request accept decline cancel remove block unblock list" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR or TERM=dumb says otherwise'
always\t'Everywhere'
never\t'Nowhere'"
complete -c cpcctl -n "__fish_cpcctl_using_subcommand friend; and not __fish_seen_subcommand_from request accept decline cancel remove block unblock list" -l progress -d 'How to show progress' -r -f -a "auto\t'A bar on a terminal, plain lines elsewhere, nothing with --quiet'
bar\t'A bar'
plain\t'A line with the time every few seconds'
json\t'A JSON object a line'
none\t'Nothing'"
complete -c cpcctl -n "__fish_cpcctl_using_subcommand friend; and not __fish_seen_subcommand_from request accept decline cancel remove block unblock list" -l width -d 'Fit columns to so many characters, even in a pipe' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand friend; and not __fish_seen_subcommand_from request accept decline cancel remove block unblock list" -l local -d 'Speak to the daemon on this machine through its Unix socket, as its administrator'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand friend; and not __fish_seen_subcommand_from request accept decline cancel remove block unblock list" -s q -l quiet -d 'No notes and no progress on stderr'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand friend; and not __fish_seen_subcommand_from request accept decline cancel remove block unblock list" -s y -l yes -d 'Answer yes to every question'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand friend; and not __fish_seen_subcommand_from request accept decline cancel remove block unblock list" -l dry-run -d 'Check, show what would be sent to the server to change something, and do not send it'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand friend; and not __fish_seen_subcommand_from request accept decline cancel remove block unblock list" -l no-headers -d 'No titles above the columns'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand friend; and not __fish_seen_subcommand_from request accept decline cancel remove block unblock list" -l no-trunc -d 'Do not cut columns to the width of the terminal'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand friend; and not __fish_seen_subcommand_from request accept decline cancel remove block unblock list" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand friend; and not __fish_seen_subcommand_from request accept decline cancel remove block unblock list" -f -a "request" -d 'Asks somebody to be friends; if they have asked, you are'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand friend; and not __fish_seen_subcommand_from request accept decline cancel remove block unblock list" -f -a "accept" -d 'Accepts a request to be friends'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand friend; and not __fish_seen_subcommand_from request accept decline cancel remove block unblock list" -f -a "decline" -d 'Declines a request to be friends'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand friend; and not __fish_seen_subcommand_from request accept decline cancel remove block unblock list" -f -a "cancel" -d 'Takes your own request back'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand friend; and not __fish_seen_subcommand_from request accept decline cancel remove block unblock list" -f -a "remove" -d 'Ends a friendship'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand friend; and not __fish_seen_subcommand_from request accept decline cancel remove block unblock list" -f -a "block" -d 'Blocks somebody: ends friendship and requests, and hears no more of them'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand friend; and not __fish_seen_subcommand_from request accept decline cancel remove block unblock list" -f -a "unblock" -d 'Takes a block back; a request that they have made meanwhile shows then'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand friend; and not __fish_seen_subcommand_from request accept decline cancel remove block unblock list" -f -a "list" -d 'Lists friends, or those who have asked, were asked or are blocked'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand friend; and __fish_seen_subcommand_from request" -l endpoint -d 'Where cpcd listens: https://HOST:PORT, http://HOST:PORT or unix:///PATH; also CPCCTL_ENDPOINT [default: that of the context, else http://127.0.0.1:50051]' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand friend; and __fish_seen_subcommand_from request" -l socket -d 'The socket for --local; also CPCCTL_SOCKET [default: cpcd.sock in cpcd\'s data directory]' -r -F
complete -c cpcctl -n "__fish_cpcctl_using_subcommand friend; and __fish_seen_subcommand_from request" -l ca-file -d 'Certificates (PEM) of the authorities to believe over https, in place of the system\'s; also CPCCTL_CA_FILE' -r -F
complete -c cpcctl -n "__fish_cpcctl_using_subcommand friend; and __fish_seen_subcommand_from request" -l tls-pin -d 'The public key that the server must have over https, as `cpcd tls show` prints it; also CPCCTL_TLS_PIN' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand friend; and __fish_seen_subcommand_from request" -l context -d 'The context to use: a server and who one is there; also CPCCTL_CONTEXT [default: the one that `context use` chose, else default]' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand friend; and __fish_seen_subcommand_from request" -l token-file -d 'Read the access token from a file, - for stdin; CPCCTL_TOKEN holds the token itself' -r -F
complete -c cpcctl -n "__fish_cpcctl_using_subcommand friend; and __fish_seen_subcommand_from request" -s o -l output -d 'How data is written' -r -f -a "table\t'Columns for people'
json\t'One JSON value; a list is one array'
ndjson\t'One JSON value a line'
name\t'Names or ids alone, one a line'"
complete -c cpcctl -n "__fish_cpcctl_using_subcommand friend; and __fish_seen_subcommand_from request" -l timeout -d 'How long an answer may take: 500ms, 2s, 1m' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand friend; and __fish_seen_subcommand_from request" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR or TERM=dumb says otherwise'
always\t'Everywhere'
never\t'Nowhere'"
complete -c cpcctl -n "__fish_cpcctl_using_subcommand friend; and __fish_seen_subcommand_from request" -l progress -d 'How to show progress' -r -f -a "auto\t'A bar on a terminal, plain lines elsewhere, nothing with --quiet'
bar\t'A bar'
plain\t'A line with the time every few seconds'
json\t'A JSON object a line'
none\t'Nothing'"
complete -c cpcctl -n "__fish_cpcctl_using_subcommand friend; and __fish_seen_subcommand_from request" -l width -d 'Fit columns to so many characters, even in a pipe' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand friend; and __fish_seen_subcommand_from request" -l local -d 'Speak to the daemon on this machine through its Unix socket, as its administrator'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand friend; and __fish_seen_subcommand_from request" -s q -l quiet -d 'No notes and no progress on stderr'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand friend; and __fish_seen_subcommand_from request" -s y -l yes -d 'Answer yes to every question'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand friend; and __fish_seen_subcommand_from request" -l dry-run -d 'Check, show what would be sent to the server to change something, and do not send it'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand friend; and __fish_seen_subcommand_from request" -l no-headers -d 'No titles above the columns'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand friend; and __fish_seen_subcommand_from request" -l no-trunc -d 'Do not cut columns to the width of the terminal'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand friend; and __fish_seen_subcommand_from request" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand friend; and __fish_seen_subcommand_from accept" -l endpoint -d 'Where cpcd listens: https://HOST:PORT, http://HOST:PORT or unix:///PATH; also CPCCTL_ENDPOINT [default: that of the context, else http://127.0.0.1:50051]' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand friend; and __fish_seen_subcommand_from accept" -l socket -d 'The socket for --local; also CPCCTL_SOCKET [default: cpcd.sock in cpcd\'s data directory]' -r -F
complete -c cpcctl -n "__fish_cpcctl_using_subcommand friend; and __fish_seen_subcommand_from accept" -l ca-file -d 'Certificates (PEM) of the authorities to believe over https, in place of the system\'s; also CPCCTL_CA_FILE' -r -F
complete -c cpcctl -n "__fish_cpcctl_using_subcommand friend; and __fish_seen_subcommand_from accept" -l tls-pin -d 'The public key that the server must have over https, as `cpcd tls show` prints it; also CPCCTL_TLS_PIN' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand friend; and __fish_seen_subcommand_from accept" -l context -d 'The context to use: a server and who one is there; also CPCCTL_CONTEXT [default: the one that `context use` chose, else default]' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand friend; and __fish_seen_subcommand_from accept" -l token-file -d 'Read the access token from a file, - for stdin; CPCCTL_TOKEN holds the token itself' -r -F
complete -c cpcctl -n "__fish_cpcctl_using_subcommand friend; and __fish_seen_subcommand_from accept" -s o -l output -d 'How data is written' -r -f -a "table\t'Columns for people'
json\t'One JSON value; a list is one array'
ndjson\t'One JSON value a line'
name\t'Names or ids alone, one a line'"
complete -c cpcctl -n "__fish_cpcctl_using_subcommand friend; and __fish_seen_subcommand_from accept" -l timeout -d 'How long an answer may take: 500ms, 2s, 1m' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand friend; and __fish_seen_subcommand_from accept" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR or TERM=dumb says otherwise'
always\t'Everywhere'
never\t'Nowhere'"
complete -c cpcctl -n "__fish_cpcctl_using_subcommand friend; and __fish_seen_subcommand_from accept" -l progress -d 'How to show progress' -r -f -a "auto\t'A bar on a terminal, plain lines elsewhere, nothing with --quiet'
bar\t'A bar'
plain\t'A line with the time every few seconds'
json\t'A JSON object a line'
none\t'Nothing'"
complete -c cpcctl -n "__fish_cpcctl_using_subcommand friend; and __fish_seen_subcommand_from accept" -l width -d 'Fit columns to so many characters, even in a pipe' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand friend; and __fish_seen_subcommand_from accept" -l local -d 'Speak to the daemon on this machine through its Unix socket, as its administrator'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand friend; and __fish_seen_subcommand_from accept" -s q -l quiet -d 'No notes and no progress on stderr'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand friend; and __fish_seen_subcommand_from accept" -s y -l yes -d 'Answer yes to every question'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand friend; and __fish_seen_subcommand_from accept" -l dry-run -d 'Check, show what would be sent to the server to change something, and do not send it'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand friend; and __fish_seen_subcommand_from accept" -l no-headers -d 'No titles above the columns'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand friend; and __fish_seen_subcommand_from accept" -l no-trunc -d 'Do not cut columns to the width of the terminal'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand friend; and __fish_seen_subcommand_from accept" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand friend; and __fish_seen_subcommand_from decline" -l endpoint -d 'Where cpcd listens: https://HOST:PORT, http://HOST:PORT or unix:///PATH; also CPCCTL_ENDPOINT [default: that of the context, else http://127.0.0.1:50051]' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand friend; and __fish_seen_subcommand_from decline" -l socket -d 'The socket for --local; also CPCCTL_SOCKET [default: cpcd.sock in cpcd\'s data directory]' -r -F
complete -c cpcctl -n "__fish_cpcctl_using_subcommand friend; and __fish_seen_subcommand_from decline" -l ca-file -d 'Certificates (PEM) of the authorities to believe over https, in place of the system\'s; also CPCCTL_CA_FILE' -r -F
complete -c cpcctl -n "__fish_cpcctl_using_subcommand friend; and __fish_seen_subcommand_from decline" -l tls-pin -d 'The public key that the server must have over https, as `cpcd tls show` prints it; also CPCCTL_TLS_PIN' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand friend; and __fish_seen_subcommand_from decline" -l context -d 'The context to use: a server and who one is there; also CPCCTL_CONTEXT [default: the one that `context use` chose, else default]' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand friend; and __fish_seen_subcommand_from decline" -l token-file -d 'Read the access token from a file, - for stdin; CPCCTL_TOKEN holds the token itself' -r -F
complete -c cpcctl -n "__fish_cpcctl_using_subcommand friend; and __fish_seen_subcommand_from decline" -s o -l output -d 'How data is written' -r -f -a "table\t'Columns for people'
json\t'One JSON value; a list is one array'
ndjson\t'One JSON value a line'
name\t'Names or ids alone, one a line'"
complete -c cpcctl -n "__fish_cpcctl_using_subcommand friend; and __fish_seen_subcommand_from decline" -l timeout -d 'How long an answer may take: 500ms, 2s, 1m' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand friend; and __fish_seen_subcommand_from decline" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR or TERM=dumb says otherwise'
always\t'Everywhere'
never\t'Nowhere'"
complete -c cpcctl -n "__fish_cpcctl_using_subcommand friend; and __fish_seen_subcommand_from decline" -l progress -d 'How to show progress' -r -f -a "auto\t'A bar on a terminal, plain lines elsewhere, nothing with --quiet'
bar\t'A bar'
plain\t'A line with the time every few seconds'
json\t'A JSON object a line'
none\t'Nothing'"
complete -c cpcctl -n "__fish_cpcctl_using_subcommand friend; and __fish_seen_subcommand_from decline" -l width -d 'Fit columns to so many characters, even in a pipe' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand friend; and __fish_seen_subcommand_from decline" -l local -d 'Speak to the daemon on this machine through its Unix socket, as its administrator'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand friend; and __fish_seen_subcommand_from decline" -s q -l quiet -d 'No notes and no progress on stderr'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand friend; and __fish_seen_subcommand_from decline" -s y -l yes -d 'Answer yes to every question'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand friend; and __fish_seen_subcommand_from decline" -l dry-run -d 'Check, show what would be sent to the server to change something, and do not send it'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand friend; and __fish_seen_subcommand_from decline" -l no-headers -d 'No titles above the columns'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand friend; and __fish_seen_subcommand_from decline" -l no-trunc -d 'Do not cut columns to the width of the terminal'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand friend; and __fish_seen_subcommand_from decline" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand friend; and __fish_seen_subcommand_from cancel" -l endpoint -d 'Where cpcd listens: https://HOST:PORT, http://HOST:PORT or unix:///PATH; also CPCCTL_ENDPOINT [default: that of the context, else http://127.0.0.1:50051]' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand friend; and __fish_seen_subcommand_from cancel" -l socket -d 'The socket for --local; also CPCCTL_SOCKET [default: cpcd.sock in cpcd\'s data directory]' -r -F
complete -c cpcctl -n "__fish_cpcctl_using_subcommand friend; and __fish_seen_subcommand_from cancel" -l ca-file -d 'Certificates (PEM) of the authorities to believe over https, in place of the system\'s; also CPCCTL_CA_FILE' -r -F
complete -c cpcctl -n "__fish_cpcctl_using_subcommand friend; and __fish_seen_subcommand_from cancel" -l tls-pin -d 'The public key that the server must have over https, as `cpcd tls show` prints it; also CPCCTL_TLS_PIN' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand friend; and __fish_seen_subcommand_from cancel" -l context -d 'The context to use: a server and who one is there; also CPCCTL_CONTEXT [default: the one that `context use` chose, else default]' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand friend; and __fish_seen_subcommand_from cancel" -l token-file -d 'Read the access token from a file, - for stdin; CPCCTL_TOKEN holds the token itself' -r -F
complete -c cpcctl -n "__fish_cpcctl_using_subcommand friend; and __fish_seen_subcommand_from cancel" -s o -l output -d 'How data is written' -r -f -a "table\t'Columns for people'
json\t'One JSON value; a list is one array'
ndjson\t'One JSON value a line'
name\t'Names or ids alone, one a line'"
complete -c cpcctl -n "__fish_cpcctl_using_subcommand friend; and __fish_seen_subcommand_from cancel" -l timeout -d 'How long an answer may take: 500ms, 2s, 1m' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand friend; and __fish_seen_subcommand_from cancel" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR or TERM=dumb says otherwise'
always\t'Everywhere'
never\t'Nowhere'"
complete -c cpcctl -n "__fish_cpcctl_using_subcommand friend; and __fish_seen_subcommand_from cancel" -l progress -d 'How to show progress' -r -f -a "auto\t'A bar on a terminal, plain lines elsewhere, nothing with --quiet'
bar\t'A bar'
plain\t'A line with the time every few seconds'
json\t'A JSON object a line'
none\t'Nothing'"
complete -c cpcctl -n "__fish_cpcctl_using_subcommand friend; and __fish_seen_subcommand_from cancel" -l width -d 'Fit columns to so many characters, even in a pipe' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand friend; and __fish_seen_subcommand_from cancel" -l local -d 'Speak to the daemon on this machine through its Unix socket, as its administrator'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand friend; and __fish_seen_subcommand_from cancel" -s q -l quiet -d 'No notes and no progress on stderr'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand friend; and __fish_seen_subcommand_from cancel" -s y -l yes -d 'Answer yes to every question'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand friend; and __fish_seen_subcommand_from cancel" -l dry-run -d 'Check, show what would be sent to the server to change something, and do not send it'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand friend; and __fish_seen_subcommand_from cancel" -l no-headers -d 'No titles above the columns'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand friend; and __fish_seen_subcommand_from cancel" -l no-trunc -d 'Do not cut columns to the width of the terminal'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand friend; and __fish_seen_subcommand_from cancel" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand friend; and __fish_seen_subcommand_from remove" -l endpoint -d 'Where cpcd listens: https://HOST:PORT, http://HOST:PORT or unix:///PATH; also CPCCTL_ENDPOINT [default: that of the context, else http://127.0.0.1:50051]' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand friend; and __fish_seen_subcommand_from remove" -l socket -d 'The socket for --local; also CPCCTL_SOCKET [default: cpcd.sock in cpcd\'s data directory]' -r -F
complete -c cpcctl -n "__fish_cpcctl_using_subcommand friend; and __fish_seen_subcommand_from remove" -l ca-file -d 'Certificates (PEM) of the authorities to believe over https, in place of the system\'s; also CPCCTL_CA_FILE' -r -F
complete -c cpcctl -n "__fish_cpcctl_using_subcommand friend; and __fish_seen_subcommand_from remove" -l tls-pin -d 'The public key that the server must have over https, as `cpcd tls show` prints it; also CPCCTL_TLS_PIN' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand friend; and __fish_seen_subcommand_from remove" -l context -d 'The context to use: a server and who one is there; also CPCCTL_CONTEXT [default: the one that `context use` chose, else default]' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand friend; and __fish_seen_subcommand_from remove" -l token-file -d 'Read the access token from a file, - for stdin; CPCCTL_TOKEN holds the token itself' -r -F
complete -c cpcctl -n "__fish_cpcctl_using_subcommand friend; and __fish_seen_subcommand_from remove" -s o -l output -d 'How data is written' -r -f -a "table\t'Columns for people'
json\t'One JSON value; a list is one array'
ndjson\t'One JSON value a line'
name\t'Names or ids alone, one a line'"
complete -c cpcctl -n "__fish_cpcctl_using_subcommand friend; and __fish_seen_subcommand_from remove" -l timeout -d 'How long an answer may take: 500ms, 2s, 1m' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand friend; and __fish_seen_subcommand_from remove" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR or TERM=dumb says otherwise'
always\t'Everywhere'
never\t'Nowhere'"
complete -c cpcctl -n "__fish_cpcctl_using_subcommand friend; and __fish_seen_subcommand_from remove" -l progress -d 'How to show progress' -r -f -a "auto\t'A bar on a terminal, plain lines elsewhere, nothing with --quiet'
bar\t'A bar'
plain\t'A line with the time every few seconds'
json\t'A JSON object a line'
none\t'Nothing'"
complete -c cpcctl -n "__fish_cpcctl_using_subcommand friend; and __fish_seen_subcommand_from remove" -l width -d 'Fit columns to so many characters, even in a pipe' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand friend; and __fish_seen_subcommand_from remove" -l local -d 'Speak to the daemon on this machine through its Unix socket, as its administrator'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand friend; and __fish_seen_subcommand_from remove" -s q -l quiet -d 'No notes and no progress on stderr'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand friend; and __fish_seen_subcommand_from remove" -s y -l yes -d 'Answer yes to every question'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand friend; and __fish_seen_subcommand_from remove" -l dry-run -d 'Check, show what would be sent to the server to change something, and do not send it'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand friend; and __fish_seen_subcommand_from remove" -l no-headers -d 'No titles above the columns'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand friend; and __fish_seen_subcommand_from remove" -l no-trunc -d 'Do not cut columns to the width of the terminal'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand friend; and __fish_seen_subcommand_from remove" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand friend; and __fish_seen_subcommand_from block" -l endpoint -d 'Where cpcd listens: https://HOST:PORT, http://HOST:PORT or unix:///PATH; also CPCCTL_ENDPOINT [default: that of the context, else http://127.0.0.1:50051]' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand friend; and __fish_seen_subcommand_from block" -l socket -d 'The socket for --local; also CPCCTL_SOCKET [default: cpcd.sock in cpcd\'s data directory]' -r -F
complete -c cpcctl -n "__fish_cpcctl_using_subcommand friend; and __fish_seen_subcommand_from block" -l ca-file -d 'Certificates (PEM) of the authorities to believe over https, in place of the system\'s; also CPCCTL_CA_FILE' -r -F
complete -c cpcctl -n "__fish_cpcctl_using_subcommand friend; and __fish_seen_subcommand_from block" -l tls-pin -d 'The public key that the server must have over https, as `cpcd tls show` prints it; also CPCCTL_TLS_PIN' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand friend; and __fish_seen_subcommand_from block" -l context -d 'The context to use: a server and who one is there; also CPCCTL_CONTEXT [default: the one that `context use` chose, else default]' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand friend; and __fish_seen_subcommand_from block" -l token-file -d 'Read the access token from a file, - for stdin; CPCCTL_TOKEN holds the token itself' -r -F
complete -c cpcctl -n "__fish_cpcctl_using_subcommand friend; and __fish_seen_subcommand_from block" -s o -l output -d 'How data is written' -r -f -a "table\t'Columns for people'
json\t'One JSON value; a list is one array'
ndjson\t'One JSON value a line'
name\t'Names or ids alone, one a line'"
complete -c cpcctl -n "__fish_cpcctl_using_subcommand friend; and __fish_seen_subcommand_from block" -l timeout -d 'How long an answer may take: 500ms, 2s, 1m' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand friend; and __fish_seen_subcommand_from block" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR or TERM=dumb says otherwise'
always\t'Everywhere'
never\t'Nowhere'"
complete -c cpcctl -n "__fish_cpcctl_using_subcommand friend; and __fish_seen_subcommand_from block" -l progress -d 'How to show progress' -r -f -a "auto\t'A bar on a terminal, plain lines elsewhere, nothing with --quiet'
bar\t'A bar'
plain\t'A line with the time every few seconds'
json\t'A JSON object a line'
none\t'Nothing'"
complete -c cpcctl -n "__fish_cpcctl_using_subcommand friend; and __fish_seen_subcommand_from block" -l width -d 'Fit columns to so many characters, even in a pipe' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand friend; and __fish_seen_subcommand_from block" -l local -d 'Speak to the daemon on this machine through its Unix socket, as its administrator'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand friend; and __fish_seen_subcommand_from block" -s q -l quiet -d 'No notes and no progress on stderr'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand friend; and __fish_seen_subcommand_from block" -s y -l yes -d 'Answer yes to every question'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand friend; and __fish_seen_subcommand_from block" -l dry-run -d 'Check, show what would be sent to the server to change something, and do not send it'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand friend; and __fish_seen_subcommand_from block" -l no-headers -d 'No titles above the columns'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand friend; and __fish_seen_subcommand_from block" -l no-trunc -d 'Do not cut columns to the width of the terminal'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand friend; and __fish_seen_subcommand_from block" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand friend; and __fish_seen_subcommand_from unblock" -l endpoint -d 'Where cpcd listens: https://HOST:PORT, http://HOST:PORT or unix:///PATH; also CPCCTL_ENDPOINT [default: that of the context, else http://127.0.0.1:50051]' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand friend; and __fish_seen_subcommand_from unblock" -l socket -d 'The socket for --local; also CPCCTL_SOCKET [default: cpcd.sock in cpcd\'s data directory]' -r -F
complete -c cpcctl -n "__fish_cpcctl_using_subcommand friend; and __fish_seen_subcommand_from unblock" -l ca-file -d 'Certificates (PEM) of the authorities to believe over https, in place of the system\'s; also CPCCTL_CA_FILE' -r -F
complete -c cpcctl -n "__fish_cpcctl_using_subcommand friend; and __fish_seen_subcommand_from unblock" -l tls-pin -d 'The public key that the server must have over https, as `cpcd tls show` prints it; also CPCCTL_TLS_PIN' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand friend; and __fish_seen_subcommand_from unblock" -l context -d 'The context to use: a server and who one is there; also CPCCTL_CONTEXT [default: the one that `context use` chose, else default]' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand friend; and __fish_seen_subcommand_from unblock" -l token-file -d 'Read the access token from a file, - for stdin; CPCCTL_TOKEN holds the token itself' -r -F
complete -c cpcctl -n "__fish_cpcctl_using_subcommand friend; and __fish_seen_subcommand_from unblock" -s o -l output -d 'How data is written' -r -f -a "table\t'Columns for people'
json\t'One JSON value; a list is one array'
ndjson\t'One JSON value a line'
name\t'Names or ids alone, one a line'"
complete -c cpcctl -n "__fish_cpcctl_using_subcommand friend; and __fish_seen_subcommand_from unblock" -l timeout -d 'How long an answer may take: 500ms, 2s, 1m' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand friend; and __fish_seen_subcommand_from unblock" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR or TERM=dumb says otherwise'
always\t'Everywhere'
never\t'Nowhere'"
complete -c cpcctl -n "__fish_cpcctl_using_subcommand friend; and __fish_seen_subcommand_from unblock" -l progress -d 'How to show progress' -r -f -a "auto\t'A bar on a terminal, plain lines elsewhere, nothing with --quiet'
bar\t'A bar'
plain\t'A line with the time every few seconds'
json\t'A JSON object a line'
none\t'Nothing'"
complete -c cpcctl -n "__fish_cpcctl_using_subcommand friend; and __fish_seen_subcommand_from unblock" -l width -d 'Fit columns to so many characters, even in a pipe' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand friend; and __fish_seen_subcommand_from unblock" -l local -d 'Speak to the daemon on this machine through its Unix socket, as its administrator'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand friend; and __fish_seen_subcommand_from unblock" -s q -l quiet -d 'No notes and no progress on stderr'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand friend; and __fish_seen_subcommand_from unblock" -s y -l yes -d 'Answer yes to every question'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand friend; and __fish_seen_subcommand_from unblock" -l dry-run -d 'Check, show what would be sent to the server to change something, and do not send it'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand friend; and __fish_seen_subcommand_from unblock" -l no-headers -d 'No titles above the columns'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand friend; and __fish_seen_subcommand_from unblock" -l no-trunc -d 'Do not cut columns to the width of the terminal'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand friend; and __fish_seen_subcommand_from unblock" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand friend; and __fish_seen_subcommand_from list" -l mutual-with -d 'Only friends who are friends of this user too: of a friend, or of who has asked to be one' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand friend; and __fish_seen_subcommand_from list" -l user -d 'Whose: a name or an id [default: your own]' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand friend; and __fish_seen_subcommand_from list" -l endpoint -d 'Where cpcd listens: https://HOST:PORT, http://HOST:PORT or unix:///PATH; also CPCCTL_ENDPOINT [default: that of the context, else http://127.0.0.1:50051]' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand friend; and __fish_seen_subcommand_from list" -l socket -d 'The socket for --local; also CPCCTL_SOCKET [default: cpcd.sock in cpcd\'s data directory]' -r -F
complete -c cpcctl -n "__fish_cpcctl_using_subcommand friend; and __fish_seen_subcommand_from list" -l ca-file -d 'Certificates (PEM) of the authorities to believe over https, in place of the system\'s; also CPCCTL_CA_FILE' -r -F
complete -c cpcctl -n "__fish_cpcctl_using_subcommand friend; and __fish_seen_subcommand_from list" -l tls-pin -d 'The public key that the server must have over https, as `cpcd tls show` prints it; also CPCCTL_TLS_PIN' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand friend; and __fish_seen_subcommand_from list" -l context -d 'The context to use: a server and who one is there; also CPCCTL_CONTEXT [default: the one that `context use` chose, else default]' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand friend; and __fish_seen_subcommand_from list" -l token-file -d 'Read the access token from a file, - for stdin; CPCCTL_TOKEN holds the token itself' -r -F
complete -c cpcctl -n "__fish_cpcctl_using_subcommand friend; and __fish_seen_subcommand_from list" -s o -l output -d 'How data is written' -r -f -a "table\t'Columns for people'
json\t'One JSON value; a list is one array'
ndjson\t'One JSON value a line'
name\t'Names or ids alone, one a line'"
complete -c cpcctl -n "__fish_cpcctl_using_subcommand friend; and __fish_seen_subcommand_from list" -l timeout -d 'How long an answer may take: 500ms, 2s, 1m' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand friend; and __fish_seen_subcommand_from list" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR or TERM=dumb says otherwise'
always\t'Everywhere'
never\t'Nowhere'"
complete -c cpcctl -n "__fish_cpcctl_using_subcommand friend; and __fish_seen_subcommand_from list" -l progress -d 'How to show progress' -r -f -a "auto\t'A bar on a terminal, plain lines elsewhere, nothing with --quiet'
bar\t'A bar'
plain\t'A line with the time every few seconds'
json\t'A JSON object a line'
none\t'Nothing'"
complete -c cpcctl -n "__fish_cpcctl_using_subcommand friend; and __fish_seen_subcommand_from list" -l width -d 'Fit columns to so many characters, even in a pipe' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand friend; and __fish_seen_subcommand_from list" -l local -d 'Speak to the daemon on this machine through its Unix socket, as its administrator'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand friend; and __fish_seen_subcommand_from list" -s q -l quiet -d 'No notes and no progress on stderr'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand friend; and __fish_seen_subcommand_from list" -s y -l yes -d 'Answer yes to every question'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand friend; and __fish_seen_subcommand_from list" -l dry-run -d 'Check, show what would be sent to the server to change something, and do not send it'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand friend; and __fish_seen_subcommand_from list" -l no-headers -d 'No titles above the columns'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand friend; and __fish_seen_subcommand_from list" -l no-trunc -d 'Do not cut columns to the width of the terminal'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand friend; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand grant; and not __fish_seen_subcommand_from add list revoke" -l endpoint -d 'Where cpcd listens: https://HOST:PORT, http://HOST:PORT or unix:///PATH; also CPCCTL_ENDPOINT [default: that of the context, else http://127.0.0.1:50051]' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand grant; and not __fish_seen_subcommand_from add list revoke" -l socket -d 'The socket for --local; also CPCCTL_SOCKET [default: cpcd.sock in cpcd\'s data directory]' -r -F
complete -c cpcctl -n "__fish_cpcctl_using_subcommand grant; and not __fish_seen_subcommand_from add list revoke" -l ca-file -d 'Certificates (PEM) of the authorities to believe over https, in place of the system\'s; also CPCCTL_CA_FILE' -r -F
complete -c cpcctl -n "__fish_cpcctl_using_subcommand grant; and not __fish_seen_subcommand_from add list revoke" -l tls-pin -d 'The public key that the server must have over https, as `cpcd tls show` prints it; also CPCCTL_TLS_PIN' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand grant; and not __fish_seen_subcommand_from add list revoke" -l context -d 'The context to use: a server and who one is there; also CPCCTL_CONTEXT [default: the one that `context use` chose, else default]' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand grant; and not __fish_seen_subcommand_from add list revoke" -l token-file -d 'Read the access token from a file, - for stdin; CPCCTL_TOKEN holds the token itself' -r -F
complete -c cpcctl -n "__fish_cpcctl_using_subcommand grant; and not __fish_seen_subcommand_from add list revoke" -s o -l output -d 'How data is written' -r -f -a "table\t'Columns for people'
json\t'One JSON value; a list is one array'
ndjson\t'One JSON value a line'
name\t'Names or ids alone, one a line'"
complete -c cpcctl -n "__fish_cpcctl_using_subcommand grant; and not __fish_seen_subcommand_from add list revoke" -l timeout -d 'How long an answer may take: 500ms, 2s, 1m' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand grant; and not __fish_seen_subcommand_from add list revoke" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR or TERM=dumb says otherwise'
always\t'Everywhere'
never\t'Nowhere'"
complete -c cpcctl -n "__fish_cpcctl_using_subcommand grant; and not __fish_seen_subcommand_from add list revoke" -l progress -d 'How to show progress' -r -f -a "auto\t'A bar on a terminal, plain lines elsewhere, nothing with --quiet'
bar\t'A bar'
plain\t'A line with the time every few seconds'
json\t'A JSON object a line'
none\t'Nothing'"
complete -c cpcctl -n "__fish_cpcctl_using_subcommand grant; and not __fish_seen_subcommand_from add list revoke" -l width -d 'Fit columns to so many characters, even in a pipe' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand grant; and not __fish_seen_subcommand_from add list revoke" -l local -d 'Speak to the daemon on this machine through its Unix socket, as its administrator'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand grant; and not __fish_seen_subcommand_from add list revoke" -s q -l quiet -d 'No notes and no progress on stderr'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand grant; and not __fish_seen_subcommand_from add list revoke" -s y -l yes -d 'Answer yes to every question'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand grant; and not __fish_seen_subcommand_from add list revoke" -l dry-run -d 'Check, show what would be sent to the server to change something, and do not send it'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand grant; and not __fish_seen_subcommand_from add list revoke" -l no-headers -d 'No titles above the columns'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand grant; and not __fish_seen_subcommand_from add list revoke" -l no-trunc -d 'Do not cut columns to the width of the terminal'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand grant; and not __fish_seen_subcommand_from add list revoke" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand grant; and not __fish_seen_subcommand_from add list revoke" -f -a "add" -d 'Opens a single node, allocation or content to a user, or to the friends of its owner'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand grant; and not __fish_seen_subcommand_from add list revoke" -f -a "list" -d 'Lists what is open to you, or to whom a single thing is open'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand grant; and not __fish_seen_subcommand_from add list revoke" -f -a "revoke" -d 'Takes grants back: what was open is closed, here at once and on all replicas within a second'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand grant; and __fish_seen_subcommand_from add" -l to -d 'To a user: a name or an id' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand grant; and __fish_seen_subcommand_from add" -l level -d 'How much' -r -f -a "read\t'See it'
write\t'Change it, where that is not for its owner alone'
admin\t'Everything, also to open it to others'"
complete -c cpcctl -n "__fish_cpcctl_using_subcommand grant; and __fish_seen_subcommand_from add" -l for -d 'How long: 90s, 12h, 7d [default: until it is revoked]' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand grant; and __fish_seen_subcommand_from add" -l endpoint -d 'Where cpcd listens: https://HOST:PORT, http://HOST:PORT or unix:///PATH; also CPCCTL_ENDPOINT [default: that of the context, else http://127.0.0.1:50051]' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand grant; and __fish_seen_subcommand_from add" -l socket -d 'The socket for --local; also CPCCTL_SOCKET [default: cpcd.sock in cpcd\'s data directory]' -r -F
complete -c cpcctl -n "__fish_cpcctl_using_subcommand grant; and __fish_seen_subcommand_from add" -l ca-file -d 'Certificates (PEM) of the authorities to believe over https, in place of the system\'s; also CPCCTL_CA_FILE' -r -F
complete -c cpcctl -n "__fish_cpcctl_using_subcommand grant; and __fish_seen_subcommand_from add" -l tls-pin -d 'The public key that the server must have over https, as `cpcd tls show` prints it; also CPCCTL_TLS_PIN' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand grant; and __fish_seen_subcommand_from add" -l context -d 'The context to use: a server and who one is there; also CPCCTL_CONTEXT [default: the one that `context use` chose, else default]' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand grant; and __fish_seen_subcommand_from add" -l token-file -d 'Read the access token from a file, - for stdin; CPCCTL_TOKEN holds the token itself' -r -F
complete -c cpcctl -n "__fish_cpcctl_using_subcommand grant; and __fish_seen_subcommand_from add" -s o -l output -d 'How data is written' -r -f -a "table\t'Columns for people'
json\t'One JSON value; a list is one array'
ndjson\t'One JSON value a line'
name\t'Names or ids alone, one a line'"
complete -c cpcctl -n "__fish_cpcctl_using_subcommand grant; and __fish_seen_subcommand_from add" -l timeout -d 'How long an answer may take: 500ms, 2s, 1m' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand grant; and __fish_seen_subcommand_from add" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR or TERM=dumb says otherwise'
always\t'Everywhere'
never\t'Nowhere'"
complete -c cpcctl -n "__fish_cpcctl_using_subcommand grant; and __fish_seen_subcommand_from add" -l progress -d 'How to show progress' -r -f -a "auto\t'A bar on a terminal, plain lines elsewhere, nothing with --quiet'
bar\t'A bar'
plain\t'A line with the time every few seconds'
json\t'A JSON object a line'
none\t'Nothing'"
complete -c cpcctl -n "__fish_cpcctl_using_subcommand grant; and __fish_seen_subcommand_from add" -l width -d 'Fit columns to so many characters, even in a pipe' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand grant; and __fish_seen_subcommand_from add" -l to-friends -d 'To the friends of its owner, whoever is one at the time'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand grant; and __fish_seen_subcommand_from add" -l local -d 'Speak to the daemon on this machine through its Unix socket, as its administrator'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand grant; and __fish_seen_subcommand_from add" -s q -l quiet -d 'No notes and no progress on stderr'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand grant; and __fish_seen_subcommand_from add" -s y -l yes -d 'Answer yes to every question'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand grant; and __fish_seen_subcommand_from add" -l dry-run -d 'Check, show what would be sent to the server to change something, and do not send it'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand grant; and __fish_seen_subcommand_from add" -l no-headers -d 'No titles above the columns'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand grant; and __fish_seen_subcommand_from add" -l no-trunc -d 'Do not cut columns to the width of the terminal'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand grant; and __fish_seen_subcommand_from add" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand grant; and __fish_seen_subcommand_from list" -l user -d 'What is open to this user: a name or an id [default: to you]' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand grant; and __fish_seen_subcommand_from list" -l endpoint -d 'Where cpcd listens: https://HOST:PORT, http://HOST:PORT or unix:///PATH; also CPCCTL_ENDPOINT [default: that of the context, else http://127.0.0.1:50051]' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand grant; and __fish_seen_subcommand_from list" -l socket -d 'The socket for --local; also CPCCTL_SOCKET [default: cpcd.sock in cpcd\'s data directory]' -r -F
complete -c cpcctl -n "__fish_cpcctl_using_subcommand grant; and __fish_seen_subcommand_from list" -l ca-file -d 'Certificates (PEM) of the authorities to believe over https, in place of the system\'s; also CPCCTL_CA_FILE' -r -F
complete -c cpcctl -n "__fish_cpcctl_using_subcommand grant; and __fish_seen_subcommand_from list" -l tls-pin -d 'The public key that the server must have over https, as `cpcd tls show` prints it; also CPCCTL_TLS_PIN' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand grant; and __fish_seen_subcommand_from list" -l context -d 'The context to use: a server and who one is there; also CPCCTL_CONTEXT [default: the one that `context use` chose, else default]' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand grant; and __fish_seen_subcommand_from list" -l token-file -d 'Read the access token from a file, - for stdin; CPCCTL_TOKEN holds the token itself' -r -F
complete -c cpcctl -n "__fish_cpcctl_using_subcommand grant; and __fish_seen_subcommand_from list" -s o -l output -d 'How data is written' -r -f -a "table\t'Columns for people'
json\t'One JSON value; a list is one array'
ndjson\t'One JSON value a line'
name\t'Names or ids alone, one a line'"
complete -c cpcctl -n "__fish_cpcctl_using_subcommand grant; and __fish_seen_subcommand_from list" -l timeout -d 'How long an answer may take: 500ms, 2s, 1m' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand grant; and __fish_seen_subcommand_from list" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR or TERM=dumb says otherwise'
always\t'Everywhere'
never\t'Nowhere'"
complete -c cpcctl -n "__fish_cpcctl_using_subcommand grant; and __fish_seen_subcommand_from list" -l progress -d 'How to show progress' -r -f -a "auto\t'A bar on a terminal, plain lines elsewhere, nothing with --quiet'
bar\t'A bar'
plain\t'A line with the time every few seconds'
json\t'A JSON object a line'
none\t'Nothing'"
complete -c cpcctl -n "__fish_cpcctl_using_subcommand grant; and __fish_seen_subcommand_from list" -l width -d 'Fit columns to so many characters, even in a pipe' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand grant; and __fish_seen_subcommand_from list" -l local -d 'Speak to the daemon on this machine through its Unix socket, as its administrator'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand grant; and __fish_seen_subcommand_from list" -s q -l quiet -d 'No notes and no progress on stderr'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand grant; and __fish_seen_subcommand_from list" -s y -l yes -d 'Answer yes to every question'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand grant; and __fish_seen_subcommand_from list" -l dry-run -d 'Check, show what would be sent to the server to change something, and do not send it'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand grant; and __fish_seen_subcommand_from list" -l no-headers -d 'No titles above the columns'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand grant; and __fish_seen_subcommand_from list" -l no-trunc -d 'Do not cut columns to the width of the terminal'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand grant; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand grant; and __fish_seen_subcommand_from revoke" -l endpoint -d 'Where cpcd listens: https://HOST:PORT, http://HOST:PORT or unix:///PATH; also CPCCTL_ENDPOINT [default: that of the context, else http://127.0.0.1:50051]' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand grant; and __fish_seen_subcommand_from revoke" -l socket -d 'The socket for --local; also CPCCTL_SOCKET [default: cpcd.sock in cpcd\'s data directory]' -r -F
complete -c cpcctl -n "__fish_cpcctl_using_subcommand grant; and __fish_seen_subcommand_from revoke" -l ca-file -d 'Certificates (PEM) of the authorities to believe over https, in place of the system\'s; also CPCCTL_CA_FILE' -r -F
complete -c cpcctl -n "__fish_cpcctl_using_subcommand grant; and __fish_seen_subcommand_from revoke" -l tls-pin -d 'The public key that the server must have over https, as `cpcd tls show` prints it; also CPCCTL_TLS_PIN' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand grant; and __fish_seen_subcommand_from revoke" -l context -d 'The context to use: a server and who one is there; also CPCCTL_CONTEXT [default: the one that `context use` chose, else default]' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand grant; and __fish_seen_subcommand_from revoke" -l token-file -d 'Read the access token from a file, - for stdin; CPCCTL_TOKEN holds the token itself' -r -F
complete -c cpcctl -n "__fish_cpcctl_using_subcommand grant; and __fish_seen_subcommand_from revoke" -s o -l output -d 'How data is written' -r -f -a "table\t'Columns for people'
json\t'One JSON value; a list is one array'
ndjson\t'One JSON value a line'
name\t'Names or ids alone, one a line'"
complete -c cpcctl -n "__fish_cpcctl_using_subcommand grant; and __fish_seen_subcommand_from revoke" -l timeout -d 'How long an answer may take: 500ms, 2s, 1m' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand grant; and __fish_seen_subcommand_from revoke" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR or TERM=dumb says otherwise'
always\t'Everywhere'
never\t'Nowhere'"
complete -c cpcctl -n "__fish_cpcctl_using_subcommand grant; and __fish_seen_subcommand_from revoke" -l progress -d 'How to show progress' -r -f -a "auto\t'A bar on a terminal, plain lines elsewhere, nothing with --quiet'
bar\t'A bar'
plain\t'A line with the time every few seconds'
json\t'A JSON object a line'
none\t'Nothing'"
complete -c cpcctl -n "__fish_cpcctl_using_subcommand grant; and __fish_seen_subcommand_from revoke" -l width -d 'Fit columns to so many characters, even in a pipe' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand grant; and __fish_seen_subcommand_from revoke" -l local -d 'Speak to the daemon on this machine through its Unix socket, as its administrator'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand grant; and __fish_seen_subcommand_from revoke" -s q -l quiet -d 'No notes and no progress on stderr'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand grant; and __fish_seen_subcommand_from revoke" -s y -l yes -d 'Answer yes to every question'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand grant; and __fish_seen_subcommand_from revoke" -l dry-run -d 'Check, show what would be sent to the server to change something, and do not send it'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand grant; and __fish_seen_subcommand_from revoke" -l no-headers -d 'No titles above the columns'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand grant; and __fish_seen_subcommand_from revoke" -l no-trunc -d 'Do not cut columns to the width of the terminal'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand grant; and __fish_seen_subcommand_from revoke" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand invite; and not __fish_seen_subcommand_from create list revoke show uses" -l endpoint -d 'Where cpcd listens: https://HOST:PORT, http://HOST:PORT or unix:///PATH; also CPCCTL_ENDPOINT [default: that of the context, else http://127.0.0.1:50051]' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand invite; and not __fish_seen_subcommand_from create list revoke show uses" -l socket -d 'The socket for --local; also CPCCTL_SOCKET [default: cpcd.sock in cpcd\'s data directory]' -r -F
complete -c cpcctl -n "__fish_cpcctl_using_subcommand invite; and not __fish_seen_subcommand_from create list revoke show uses" -l ca-file -d 'Certificates (PEM) of the authorities to believe over https, in place of the system\'s; also CPCCTL_CA_FILE' -r -F
complete -c cpcctl -n "__fish_cpcctl_using_subcommand invite; and not __fish_seen_subcommand_from create list revoke show uses" -l tls-pin -d 'The public key that the server must have over https, as `cpcd tls show` prints it; also CPCCTL_TLS_PIN' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand invite; and not __fish_seen_subcommand_from create list revoke show uses" -l context -d 'The context to use: a server and who one is there; also CPCCTL_CONTEXT [default: the one that `context use` chose, else default]' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand invite; and not __fish_seen_subcommand_from create list revoke show uses" -l token-file -d 'Read the access token from a file, - for stdin; CPCCTL_TOKEN holds the token itself' -r -F
complete -c cpcctl -n "__fish_cpcctl_using_subcommand invite; and not __fish_seen_subcommand_from create list revoke show uses" -s o -l output -d 'How data is written' -r -f -a "table\t'Columns for people'
json\t'One JSON value; a list is one array'
ndjson\t'One JSON value a line'
name\t'Names or ids alone, one a line'"
complete -c cpcctl -n "__fish_cpcctl_using_subcommand invite; and not __fish_seen_subcommand_from create list revoke show uses" -l timeout -d 'How long an answer may take: 500ms, 2s, 1m' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand invite; and not __fish_seen_subcommand_from create list revoke show uses" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR or TERM=dumb says otherwise'
always\t'Everywhere'
never\t'Nowhere'"
complete -c cpcctl -n "__fish_cpcctl_using_subcommand invite; and not __fish_seen_subcommand_from create list revoke show uses" -l progress -d 'How to show progress' -r -f -a "auto\t'A bar on a terminal, plain lines elsewhere, nothing with --quiet'
bar\t'A bar'
plain\t'A line with the time every few seconds'
json\t'A JSON object a line'
none\t'Nothing'"
complete -c cpcctl -n "__fish_cpcctl_using_subcommand invite; and not __fish_seen_subcommand_from create list revoke show uses" -l width -d 'Fit columns to so many characters, even in a pipe' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand invite; and not __fish_seen_subcommand_from create list revoke show uses" -l local -d 'Speak to the daemon on this machine through its Unix socket, as its administrator'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand invite; and not __fish_seen_subcommand_from create list revoke show uses" -s q -l quiet -d 'No notes and no progress on stderr'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand invite; and not __fish_seen_subcommand_from create list revoke show uses" -s y -l yes -d 'Answer yes to every question'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand invite; and not __fish_seen_subcommand_from create list revoke show uses" -l dry-run -d 'Check, show what would be sent to the server to change something, and do not send it'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand invite; and not __fish_seen_subcommand_from create list revoke show uses" -l no-headers -d 'No titles above the columns'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand invite; and not __fish_seen_subcommand_from create list revoke show uses" -l no-trunc -d 'Do not cut columns to the width of the terminal'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand invite; and not __fish_seen_subcommand_from create list revoke show uses" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand invite; and not __fish_seen_subcommand_from create list revoke show uses" -f -a "create" -d 'Makes an invite and shows its code, this once'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand invite; and not __fish_seen_subcommand_from create list revoke show uses" -f -a "list" -d 'Lists invites, also those that are used up, revoked or have ended'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand invite; and not __fish_seen_subcommand_from create list revoke show uses" -f -a "revoke" -d 'Takes invites back; who has joined by them stays, unless --end-what-it-let-in says otherwise'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand invite; and not __fish_seen_subcommand_from create list revoke show uses" -f -a "show" -d 'Shows an invite, without its code'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand invite; and not __fish_seen_subcommand_from create list revoke show uses" -f -a "uses" -d 'Lists who came by an invite and is still there'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand invite; and __fish_seen_subcommand_from create" -l kind -d 'Who can join by it' -r -f -a "user\t'A user'
node\t'A node'"
complete -c cpcctl -n "__fish_cpcctl_using_subcommand invite; and __fish_seen_subcommand_from create" -l uses -d 'How many can' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand invite; and __fish_seen_subcommand_from create" -l ttl -d 'How long it is good: 30m, 12h, 7d; at most 365d' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand invite; and __fish_seen_subcommand_from create" -l label -d 'A label of a node that joins' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand invite; and __fish_seen_subcommand_from create" -l realm -d 'The realm of a node that joins' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand invite; and __fish_seen_subcommand_from create" -l node-ttl -d 'How long after each of its registrations a node that joins is removed: 12h, 30d [default: never]' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand invite; and __fish_seen_subcommand_from create" -l namespace -d 'A namespace that a node that joins may be found under [default: any]' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand invite; and __fish_seen_subcommand_from create" -l permission -d 'What a user who joins may do, as in content=write [default: the server\'s]' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand invite; and __fish_seen_subcommand_from create" -l endpoint -d 'Where cpcd listens: https://HOST:PORT, http://HOST:PORT or unix:///PATH; also CPCCTL_ENDPOINT [default: that of the context, else http://127.0.0.1:50051]' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand invite; and __fish_seen_subcommand_from create" -l socket -d 'The socket for --local; also CPCCTL_SOCKET [default: cpcd.sock in cpcd\'s data directory]' -r -F
complete -c cpcctl -n "__fish_cpcctl_using_subcommand invite; and __fish_seen_subcommand_from create" -l ca-file -d 'Certificates (PEM) of the authorities to believe over https, in place of the system\'s; also CPCCTL_CA_FILE' -r -F
complete -c cpcctl -n "__fish_cpcctl_using_subcommand invite; and __fish_seen_subcommand_from create" -l tls-pin -d 'The public key that the server must have over https, as `cpcd tls show` prints it; also CPCCTL_TLS_PIN' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand invite; and __fish_seen_subcommand_from create" -l context -d 'The context to use: a server and who one is there; also CPCCTL_CONTEXT [default: the one that `context use` chose, else default]' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand invite; and __fish_seen_subcommand_from create" -l token-file -d 'Read the access token from a file, - for stdin; CPCCTL_TOKEN holds the token itself' -r -F
complete -c cpcctl -n "__fish_cpcctl_using_subcommand invite; and __fish_seen_subcommand_from create" -s o -l output -d 'How data is written' -r -f -a "table\t'Columns for people'
json\t'One JSON value; a list is one array'
ndjson\t'One JSON value a line'
name\t'Names or ids alone, one a line'"
complete -c cpcctl -n "__fish_cpcctl_using_subcommand invite; and __fish_seen_subcommand_from create" -l timeout -d 'How long an answer may take: 500ms, 2s, 1m' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand invite; and __fish_seen_subcommand_from create" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR or TERM=dumb says otherwise'
always\t'Everywhere'
never\t'Nowhere'"
complete -c cpcctl -n "__fish_cpcctl_using_subcommand invite; and __fish_seen_subcommand_from create" -l progress -d 'How to show progress' -r -f -a "auto\t'A bar on a terminal, plain lines elsewhere, nothing with --quiet'
bar\t'A bar'
plain\t'A line with the time every few seconds'
json\t'A JSON object a line'
none\t'Nothing'"
complete -c cpcctl -n "__fish_cpcctl_using_subcommand invite; and __fish_seen_subcommand_from create" -l width -d 'Fit columns to so many characters, even in a pipe' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand invite; and __fish_seen_subcommand_from create" -l ephemeral -d 'Nodes that join go by themselves some minutes after they were last heard of'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand invite; and __fish_seen_subcommand_from create" -l uncounted -d 'Nodes that join count for no network, so that no quota of their network keeps them out'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand invite; and __fish_seen_subcommand_from create" -l local -d 'Speak to the daemon on this machine through its Unix socket, as its administrator'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand invite; and __fish_seen_subcommand_from create" -s q -l quiet -d 'No notes and no progress on stderr'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand invite; and __fish_seen_subcommand_from create" -s y -l yes -d 'Answer yes to every question'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand invite; and __fish_seen_subcommand_from create" -l dry-run -d 'Check, show what would be sent to the server to change something, and do not send it'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand invite; and __fish_seen_subcommand_from create" -l no-headers -d 'No titles above the columns'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand invite; and __fish_seen_subcommand_from create" -l no-trunc -d 'Do not cut columns to the width of the terminal'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand invite; and __fish_seen_subcommand_from create" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand invite; and __fish_seen_subcommand_from list" -l kind -d 'Only those for users, or for nodes' -r -f -a "user\t'A user'
node\t'A node'"
complete -c cpcctl -n "__fish_cpcctl_using_subcommand invite; and __fish_seen_subcommand_from list" -l endpoint -d 'Where cpcd listens: https://HOST:PORT, http://HOST:PORT or unix:///PATH; also CPCCTL_ENDPOINT [default: that of the context, else http://127.0.0.1:50051]' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand invite; and __fish_seen_subcommand_from list" -l socket -d 'The socket for --local; also CPCCTL_SOCKET [default: cpcd.sock in cpcd\'s data directory]' -r -F
complete -c cpcctl -n "__fish_cpcctl_using_subcommand invite; and __fish_seen_subcommand_from list" -l ca-file -d 'Certificates (PEM) of the authorities to believe over https, in place of the system\'s; also CPCCTL_CA_FILE' -r -F
complete -c cpcctl -n "__fish_cpcctl_using_subcommand invite; and __fish_seen_subcommand_from list" -l tls-pin -d 'The public key that the server must have over https, as `cpcd tls show` prints it; also CPCCTL_TLS_PIN' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand invite; and __fish_seen_subcommand_from list" -l context -d 'The context to use: a server and who one is there; also CPCCTL_CONTEXT [default: the one that `context use` chose, else default]' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand invite; and __fish_seen_subcommand_from list" -l token-file -d 'Read the access token from a file, - for stdin; CPCCTL_TOKEN holds the token itself' -r -F
complete -c cpcctl -n "__fish_cpcctl_using_subcommand invite; and __fish_seen_subcommand_from list" -s o -l output -d 'How data is written' -r -f -a "table\t'Columns for people'
json\t'One JSON value; a list is one array'
ndjson\t'One JSON value a line'
name\t'Names or ids alone, one a line'"
complete -c cpcctl -n "__fish_cpcctl_using_subcommand invite; and __fish_seen_subcommand_from list" -l timeout -d 'How long an answer may take: 500ms, 2s, 1m' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand invite; and __fish_seen_subcommand_from list" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR or TERM=dumb says otherwise'
always\t'Everywhere'
never\t'Nowhere'"
complete -c cpcctl -n "__fish_cpcctl_using_subcommand invite; and __fish_seen_subcommand_from list" -l progress -d 'How to show progress' -r -f -a "auto\t'A bar on a terminal, plain lines elsewhere, nothing with --quiet'
bar\t'A bar'
plain\t'A line with the time every few seconds'
json\t'A JSON object a line'
none\t'Nothing'"
complete -c cpcctl -n "__fish_cpcctl_using_subcommand invite; and __fish_seen_subcommand_from list" -l width -d 'Fit columns to so many characters, even in a pipe' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand invite; and __fish_seen_subcommand_from list" -l local -d 'Speak to the daemon on this machine through its Unix socket, as its administrator'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand invite; and __fish_seen_subcommand_from list" -s q -l quiet -d 'No notes and no progress on stderr'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand invite; and __fish_seen_subcommand_from list" -s y -l yes -d 'Answer yes to every question'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand invite; and __fish_seen_subcommand_from list" -l dry-run -d 'Check, show what would be sent to the server to change something, and do not send it'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand invite; and __fish_seen_subcommand_from list" -l no-headers -d 'No titles above the columns'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand invite; and __fish_seen_subcommand_from list" -l no-trunc -d 'Do not cut columns to the width of the terminal'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand invite; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand invite; and __fish_seen_subcommand_from revoke" -l endpoint -d 'Where cpcd listens: https://HOST:PORT, http://HOST:PORT or unix:///PATH; also CPCCTL_ENDPOINT [default: that of the context, else http://127.0.0.1:50051]' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand invite; and __fish_seen_subcommand_from revoke" -l socket -d 'The socket for --local; also CPCCTL_SOCKET [default: cpcd.sock in cpcd\'s data directory]' -r -F
complete -c cpcctl -n "__fish_cpcctl_using_subcommand invite; and __fish_seen_subcommand_from revoke" -l ca-file -d 'Certificates (PEM) of the authorities to believe over https, in place of the system\'s; also CPCCTL_CA_FILE' -r -F
complete -c cpcctl -n "__fish_cpcctl_using_subcommand invite; and __fish_seen_subcommand_from revoke" -l tls-pin -d 'The public key that the server must have over https, as `cpcd tls show` prints it; also CPCCTL_TLS_PIN' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand invite; and __fish_seen_subcommand_from revoke" -l context -d 'The context to use: a server and who one is there; also CPCCTL_CONTEXT [default: the one that `context use` chose, else default]' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand invite; and __fish_seen_subcommand_from revoke" -l token-file -d 'Read the access token from a file, - for stdin; CPCCTL_TOKEN holds the token itself' -r -F
complete -c cpcctl -n "__fish_cpcctl_using_subcommand invite; and __fish_seen_subcommand_from revoke" -s o -l output -d 'How data is written' -r -f -a "table\t'Columns for people'
json\t'One JSON value; a list is one array'
ndjson\t'One JSON value a line'
name\t'Names or ids alone, one a line'"
complete -c cpcctl -n "__fish_cpcctl_using_subcommand invite; and __fish_seen_subcommand_from revoke" -l timeout -d 'How long an answer may take: 500ms, 2s, 1m' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand invite; and __fish_seen_subcommand_from revoke" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR or TERM=dumb says otherwise'
always\t'Everywhere'
never\t'Nowhere'"
complete -c cpcctl -n "__fish_cpcctl_using_subcommand invite; and __fish_seen_subcommand_from revoke" -l progress -d 'How to show progress' -r -f -a "auto\t'A bar on a terminal, plain lines elsewhere, nothing with --quiet'
bar\t'A bar'
plain\t'A line with the time every few seconds'
json\t'A JSON object a line'
none\t'Nothing'"
complete -c cpcctl -n "__fish_cpcctl_using_subcommand invite; and __fish_seen_subcommand_from revoke" -l width -d 'Fit columns to so many characters, even in a pipe' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand invite; and __fish_seen_subcommand_from revoke" -l end-what-it-let-in -d 'Also suspends the users and removes the nodes that came by them'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand invite; and __fish_seen_subcommand_from revoke" -l local -d 'Speak to the daemon on this machine through its Unix socket, as its administrator'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand invite; and __fish_seen_subcommand_from revoke" -s q -l quiet -d 'No notes and no progress on stderr'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand invite; and __fish_seen_subcommand_from revoke" -s y -l yes -d 'Answer yes to every question'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand invite; and __fish_seen_subcommand_from revoke" -l dry-run -d 'Check, show what would be sent to the server to change something, and do not send it'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand invite; and __fish_seen_subcommand_from revoke" -l no-headers -d 'No titles above the columns'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand invite; and __fish_seen_subcommand_from revoke" -l no-trunc -d 'Do not cut columns to the width of the terminal'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand invite; and __fish_seen_subcommand_from revoke" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand invite; and __fish_seen_subcommand_from show" -l endpoint -d 'Where cpcd listens: https://HOST:PORT, http://HOST:PORT or unix:///PATH; also CPCCTL_ENDPOINT [default: that of the context, else http://127.0.0.1:50051]' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand invite; and __fish_seen_subcommand_from show" -l socket -d 'The socket for --local; also CPCCTL_SOCKET [default: cpcd.sock in cpcd\'s data directory]' -r -F
complete -c cpcctl -n "__fish_cpcctl_using_subcommand invite; and __fish_seen_subcommand_from show" -l ca-file -d 'Certificates (PEM) of the authorities to believe over https, in place of the system\'s; also CPCCTL_CA_FILE' -r -F
complete -c cpcctl -n "__fish_cpcctl_using_subcommand invite; and __fish_seen_subcommand_from show" -l tls-pin -d 'The public key that the server must have over https, as `cpcd tls show` prints it; also CPCCTL_TLS_PIN' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand invite; and __fish_seen_subcommand_from show" -l context -d 'The context to use: a server and who one is there; also CPCCTL_CONTEXT [default: the one that `context use` chose, else default]' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand invite; and __fish_seen_subcommand_from show" -l token-file -d 'Read the access token from a file, - for stdin; CPCCTL_TOKEN holds the token itself' -r -F
complete -c cpcctl -n "__fish_cpcctl_using_subcommand invite; and __fish_seen_subcommand_from show" -s o -l output -d 'How data is written' -r -f -a "table\t'Columns for people'
json\t'One JSON value; a list is one array'
ndjson\t'One JSON value a line'
name\t'Names or ids alone, one a line'"
complete -c cpcctl -n "__fish_cpcctl_using_subcommand invite; and __fish_seen_subcommand_from show" -l timeout -d 'How long an answer may take: 500ms, 2s, 1m' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand invite; and __fish_seen_subcommand_from show" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR or TERM=dumb says otherwise'
always\t'Everywhere'
never\t'Nowhere'"
complete -c cpcctl -n "__fish_cpcctl_using_subcommand invite; and __fish_seen_subcommand_from show" -l progress -d 'How to show progress' -r -f -a "auto\t'A bar on a terminal, plain lines elsewhere, nothing with --quiet'
bar\t'A bar'
plain\t'A line with the time every few seconds'
json\t'A JSON object a line'
none\t'Nothing'"
complete -c cpcctl -n "__fish_cpcctl_using_subcommand invite; and __fish_seen_subcommand_from show" -l width -d 'Fit columns to so many characters, even in a pipe' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand invite; and __fish_seen_subcommand_from show" -l local -d 'Speak to the daemon on this machine through its Unix socket, as its administrator'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand invite; and __fish_seen_subcommand_from show" -s q -l quiet -d 'No notes and no progress on stderr'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand invite; and __fish_seen_subcommand_from show" -s y -l yes -d 'Answer yes to every question'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand invite; and __fish_seen_subcommand_from show" -l dry-run -d 'Check, show what would be sent to the server to change something, and do not send it'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand invite; and __fish_seen_subcommand_from show" -l no-headers -d 'No titles above the columns'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand invite; and __fish_seen_subcommand_from show" -l no-trunc -d 'Do not cut columns to the width of the terminal'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand invite; and __fish_seen_subcommand_from show" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand invite; and __fish_seen_subcommand_from uses" -l endpoint -d 'Where cpcd listens: https://HOST:PORT, http://HOST:PORT or unix:///PATH; also CPCCTL_ENDPOINT [default: that of the context, else http://127.0.0.1:50051]' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand invite; and __fish_seen_subcommand_from uses" -l socket -d 'The socket for --local; also CPCCTL_SOCKET [default: cpcd.sock in cpcd\'s data directory]' -r -F
complete -c cpcctl -n "__fish_cpcctl_using_subcommand invite; and __fish_seen_subcommand_from uses" -l ca-file -d 'Certificates (PEM) of the authorities to believe over https, in place of the system\'s; also CPCCTL_CA_FILE' -r -F
complete -c cpcctl -n "__fish_cpcctl_using_subcommand invite; and __fish_seen_subcommand_from uses" -l tls-pin -d 'The public key that the server must have over https, as `cpcd tls show` prints it; also CPCCTL_TLS_PIN' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand invite; and __fish_seen_subcommand_from uses" -l context -d 'The context to use: a server and who one is there; also CPCCTL_CONTEXT [default: the one that `context use` chose, else default]' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand invite; and __fish_seen_subcommand_from uses" -l token-file -d 'Read the access token from a file, - for stdin; CPCCTL_TOKEN holds the token itself' -r -F
complete -c cpcctl -n "__fish_cpcctl_using_subcommand invite; and __fish_seen_subcommand_from uses" -s o -l output -d 'How data is written' -r -f -a "table\t'Columns for people'
json\t'One JSON value; a list is one array'
ndjson\t'One JSON value a line'
name\t'Names or ids alone, one a line'"
complete -c cpcctl -n "__fish_cpcctl_using_subcommand invite; and __fish_seen_subcommand_from uses" -l timeout -d 'How long an answer may take: 500ms, 2s, 1m' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand invite; and __fish_seen_subcommand_from uses" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR or TERM=dumb says otherwise'
always\t'Everywhere'
never\t'Nowhere'"
complete -c cpcctl -n "__fish_cpcctl_using_subcommand invite; and __fish_seen_subcommand_from uses" -l progress -d 'How to show progress' -r -f -a "auto\t'A bar on a terminal, plain lines elsewhere, nothing with --quiet'
bar\t'A bar'
plain\t'A line with the time every few seconds'
json\t'A JSON object a line'
none\t'Nothing'"
complete -c cpcctl -n "__fish_cpcctl_using_subcommand invite; and __fish_seen_subcommand_from uses" -l width -d 'Fit columns to so many characters, even in a pipe' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand invite; and __fish_seen_subcommand_from uses" -l local -d 'Speak to the daemon on this machine through its Unix socket, as its administrator'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand invite; and __fish_seen_subcommand_from uses" -s q -l quiet -d 'No notes and no progress on stderr'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand invite; and __fish_seen_subcommand_from uses" -s y -l yes -d 'Answer yes to every question'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand invite; and __fish_seen_subcommand_from uses" -l dry-run -d 'Check, show what would be sent to the server to change something, and do not send it'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand invite; and __fish_seen_subcommand_from uses" -l no-headers -d 'No titles above the columns'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand invite; and __fish_seen_subcommand_from uses" -l no-trunc -d 'Do not cut columns to the width of the terminal'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand invite; and __fish_seen_subcommand_from uses" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand login" -l key -d 'The private key file, also one made by ssh-keygen -t ed25519, or a key of the ssh-agent [default: the context\'s, else your own default key]' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand login" -l invite -d 'Join by an invite that is read from stdin: - and nothing else, for it is a secret; CPCCTL_INVITE holds the invite itself' -r -F
complete -c cpcctl -n "__fish_cpcctl_using_subcommand login" -l invite-file -d 'Join by an invite that is read from a file, - for stdin' -r -F
complete -c cpcctl -n "__fish_cpcctl_using_subcommand login" -l username -d 'The name to have when joining: 1 to 50 of a-z 0-9 . _ -' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand login" -l endpoint -d 'Where cpcd listens: https://HOST:PORT, http://HOST:PORT or unix:///PATH; also CPCCTL_ENDPOINT [default: that of the context, else http://127.0.0.1:50051]' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand login" -l socket -d 'The socket for --local; also CPCCTL_SOCKET [default: cpcd.sock in cpcd\'s data directory]' -r -F
complete -c cpcctl -n "__fish_cpcctl_using_subcommand login" -l ca-file -d 'Certificates (PEM) of the authorities to believe over https, in place of the system\'s; also CPCCTL_CA_FILE' -r -F
complete -c cpcctl -n "__fish_cpcctl_using_subcommand login" -l tls-pin -d 'The public key that the server must have over https, as `cpcd tls show` prints it; also CPCCTL_TLS_PIN' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand login" -l context -d 'The context to use: a server and who one is there; also CPCCTL_CONTEXT [default: the one that `context use` chose, else default]' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand login" -l token-file -d 'Read the access token from a file, - for stdin; CPCCTL_TOKEN holds the token itself' -r -F
complete -c cpcctl -n "__fish_cpcctl_using_subcommand login" -s o -l output -d 'How data is written' -r -f -a "table\t'Columns for people'
json\t'One JSON value; a list is one array'
ndjson\t'One JSON value a line'
name\t'Names or ids alone, one a line'"
complete -c cpcctl -n "__fish_cpcctl_using_subcommand login" -l timeout -d 'How long an answer may take: 500ms, 2s, 1m' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand login" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR or TERM=dumb says otherwise'
always\t'Everywhere'
never\t'Nowhere'"
complete -c cpcctl -n "__fish_cpcctl_using_subcommand login" -l progress -d 'How to show progress' -r -f -a "auto\t'A bar on a terminal, plain lines elsewhere, nothing with --quiet'
bar\t'A bar'
plain\t'A line with the time every few seconds'
json\t'A JSON object a line'
none\t'Nothing'"
complete -c cpcctl -n "__fish_cpcctl_using_subcommand login" -l width -d 'Fit columns to so many characters, even in a pipe' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand login" -l repin -d 'Take the server\'s id as it is now, in place of the one that was kept'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand login" -l local -d 'Speak to the daemon on this machine through its Unix socket, as its administrator'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand login" -s q -l quiet -d 'No notes and no progress on stderr'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand login" -s y -l yes -d 'Answer yes to every question'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand login" -l dry-run -d 'Check, show what would be sent to the server to change something, and do not send it'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand login" -l no-headers -d 'No titles above the columns'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand login" -l no-trunc -d 'Do not cut columns to the width of the terminal'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand login" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand logout" -l endpoint -d 'Where cpcd listens: https://HOST:PORT, http://HOST:PORT or unix:///PATH; also CPCCTL_ENDPOINT [default: that of the context, else http://127.0.0.1:50051]' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand logout" -l socket -d 'The socket for --local; also CPCCTL_SOCKET [default: cpcd.sock in cpcd\'s data directory]' -r -F
complete -c cpcctl -n "__fish_cpcctl_using_subcommand logout" -l ca-file -d 'Certificates (PEM) of the authorities to believe over https, in place of the system\'s; also CPCCTL_CA_FILE' -r -F
complete -c cpcctl -n "__fish_cpcctl_using_subcommand logout" -l tls-pin -d 'The public key that the server must have over https, as `cpcd tls show` prints it; also CPCCTL_TLS_PIN' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand logout" -l context -d 'The context to use: a server and who one is there; also CPCCTL_CONTEXT [default: the one that `context use` chose, else default]' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand logout" -l token-file -d 'Read the access token from a file, - for stdin; CPCCTL_TOKEN holds the token itself' -r -F
complete -c cpcctl -n "__fish_cpcctl_using_subcommand logout" -s o -l output -d 'How data is written' -r -f -a "table\t'Columns for people'
json\t'One JSON value; a list is one array'
ndjson\t'One JSON value a line'
name\t'Names or ids alone, one a line'"
complete -c cpcctl -n "__fish_cpcctl_using_subcommand logout" -l timeout -d 'How long an answer may take: 500ms, 2s, 1m' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand logout" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR or TERM=dumb says otherwise'
always\t'Everywhere'
never\t'Nowhere'"
complete -c cpcctl -n "__fish_cpcctl_using_subcommand logout" -l progress -d 'How to show progress' -r -f -a "auto\t'A bar on a terminal, plain lines elsewhere, nothing with --quiet'
bar\t'A bar'
plain\t'A line with the time every few seconds'
json\t'A JSON object a line'
none\t'Nothing'"
complete -c cpcctl -n "__fish_cpcctl_using_subcommand logout" -l width -d 'Fit columns to so many characters, even in a pipe' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand logout" -l here-only -d 'Forget the tokens on this machine and tell no server: there they end by themselves'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand logout" -l local -d 'Speak to the daemon on this machine through its Unix socket, as its administrator'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand logout" -s q -l quiet -d 'No notes and no progress on stderr'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand logout" -s y -l yes -d 'Answer yes to every question'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand logout" -l dry-run -d 'Check, show what would be sent to the server to change something, and do not send it'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand logout" -l no-headers -d 'No titles above the columns'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand logout" -l no-trunc -d 'Do not cut columns to the width of the terminal'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand logout" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand recover" -l key -d 'The new key: a private key file, or a key of the ssh-agent [default: the context\'s, else your own default key]' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand recover" -l code-file -d 'The file with the recovery code, - for stdin' -r -F
complete -c cpcctl -n "__fish_cpcctl_using_subcommand recover" -l name -d 'What the new key is to be called' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand recover" -l endpoint -d 'Where cpcd listens: https://HOST:PORT, http://HOST:PORT or unix:///PATH; also CPCCTL_ENDPOINT [default: that of the context, else http://127.0.0.1:50051]' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand recover" -l socket -d 'The socket for --local; also CPCCTL_SOCKET [default: cpcd.sock in cpcd\'s data directory]' -r -F
complete -c cpcctl -n "__fish_cpcctl_using_subcommand recover" -l ca-file -d 'Certificates (PEM) of the authorities to believe over https, in place of the system\'s; also CPCCTL_CA_FILE' -r -F
complete -c cpcctl -n "__fish_cpcctl_using_subcommand recover" -l tls-pin -d 'The public key that the server must have over https, as `cpcd tls show` prints it; also CPCCTL_TLS_PIN' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand recover" -l context -d 'The context to use: a server and who one is there; also CPCCTL_CONTEXT [default: the one that `context use` chose, else default]' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand recover" -l token-file -d 'Read the access token from a file, - for stdin; CPCCTL_TOKEN holds the token itself' -r -F
complete -c cpcctl -n "__fish_cpcctl_using_subcommand recover" -s o -l output -d 'How data is written' -r -f -a "table\t'Columns for people'
json\t'One JSON value; a list is one array'
ndjson\t'One JSON value a line'
name\t'Names or ids alone, one a line'"
complete -c cpcctl -n "__fish_cpcctl_using_subcommand recover" -l timeout -d 'How long an answer may take: 500ms, 2s, 1m' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand recover" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR or TERM=dumb says otherwise'
always\t'Everywhere'
never\t'Nowhere'"
complete -c cpcctl -n "__fish_cpcctl_using_subcommand recover" -l progress -d 'How to show progress' -r -f -a "auto\t'A bar on a terminal, plain lines elsewhere, nothing with --quiet'
bar\t'A bar'
plain\t'A line with the time every few seconds'
json\t'A JSON object a line'
none\t'Nothing'"
complete -c cpcctl -n "__fish_cpcctl_using_subcommand recover" -l width -d 'Fit columns to so many characters, even in a pipe' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand recover" -l local -d 'Speak to the daemon on this machine through its Unix socket, as its administrator'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand recover" -s q -l quiet -d 'No notes and no progress on stderr'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand recover" -s y -l yes -d 'Answer yes to every question'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand recover" -l dry-run -d 'Check, show what would be sent to the server to change something, and do not send it'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand recover" -l no-headers -d 'No titles above the columns'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand recover" -l no-trunc -d 'Do not cut columns to the width of the terminal'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand recover" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand whoami" -l can -d 'Asks whether you may: \'write nodes\' or nodes=write, and after @ on what; ends with 9 if not' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand whoami" -l endpoint -d 'Where cpcd listens: https://HOST:PORT, http://HOST:PORT or unix:///PATH; also CPCCTL_ENDPOINT [default: that of the context, else http://127.0.0.1:50051]' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand whoami" -l socket -d 'The socket for --local; also CPCCTL_SOCKET [default: cpcd.sock in cpcd\'s data directory]' -r -F
complete -c cpcctl -n "__fish_cpcctl_using_subcommand whoami" -l ca-file -d 'Certificates (PEM) of the authorities to believe over https, in place of the system\'s; also CPCCTL_CA_FILE' -r -F
complete -c cpcctl -n "__fish_cpcctl_using_subcommand whoami" -l tls-pin -d 'The public key that the server must have over https, as `cpcd tls show` prints it; also CPCCTL_TLS_PIN' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand whoami" -l context -d 'The context to use: a server and who one is there; also CPCCTL_CONTEXT [default: the one that `context use` chose, else default]' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand whoami" -l token-file -d 'Read the access token from a file, - for stdin; CPCCTL_TOKEN holds the token itself' -r -F
complete -c cpcctl -n "__fish_cpcctl_using_subcommand whoami" -s o -l output -d 'How data is written' -r -f -a "table\t'Columns for people'
json\t'One JSON value; a list is one array'
ndjson\t'One JSON value a line'
name\t'Names or ids alone, one a line'"
complete -c cpcctl -n "__fish_cpcctl_using_subcommand whoami" -l timeout -d 'How long an answer may take: 500ms, 2s, 1m' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand whoami" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR or TERM=dumb says otherwise'
always\t'Everywhere'
never\t'Nowhere'"
complete -c cpcctl -n "__fish_cpcctl_using_subcommand whoami" -l progress -d 'How to show progress' -r -f -a "auto\t'A bar on a terminal, plain lines elsewhere, nothing with --quiet'
bar\t'A bar'
plain\t'A line with the time every few seconds'
json\t'A JSON object a line'
none\t'Nothing'"
complete -c cpcctl -n "__fish_cpcctl_using_subcommand whoami" -l width -d 'Fit columns to so many characters, even in a pipe' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand whoami" -l local -d 'Speak to the daemon on this machine through its Unix socket, as its administrator'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand whoami" -s q -l quiet -d 'No notes and no progress on stderr'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand whoami" -s y -l yes -d 'Answer yes to every question'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand whoami" -l dry-run -d 'Check, show what would be sent to the server to change something, and do not send it'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand whoami" -l no-headers -d 'No titles above the columns'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand whoami" -l no-trunc -d 'Do not cut columns to the width of the terminal'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand whoami" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand context; and not __fish_seen_subcommand_from list show set use delete" -l endpoint -d 'Where cpcd listens: https://HOST:PORT, http://HOST:PORT or unix:///PATH; also CPCCTL_ENDPOINT [default: that of the context, else http://127.0.0.1:50051]' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand context; and not __fish_seen_subcommand_from list show set use delete" -l socket -d 'The socket for --local; also CPCCTL_SOCKET [default: cpcd.sock in cpcd\'s data directory]' -r -F
complete -c cpcctl -n "__fish_cpcctl_using_subcommand context; and not __fish_seen_subcommand_from list show set use delete" -l ca-file -d 'Certificates (PEM) of the authorities to believe over https, in place of the system\'s; also CPCCTL_CA_FILE' -r -F
complete -c cpcctl -n "__fish_cpcctl_using_subcommand context; and not __fish_seen_subcommand_from list show set use delete" -l tls-pin -d 'The public key that the server must have over https, as `cpcd tls show` prints it; also CPCCTL_TLS_PIN' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand context; and not __fish_seen_subcommand_from list show set use delete" -l context -d 'The context to use: a server and who one is there; also CPCCTL_CONTEXT [default: the one that `context use` chose, else default]' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand context; and not __fish_seen_subcommand_from list show set use delete" -l token-file -d 'Read the access token from a file, - for stdin; CPCCTL_TOKEN holds the token itself' -r -F
complete -c cpcctl -n "__fish_cpcctl_using_subcommand context; and not __fish_seen_subcommand_from list show set use delete" -s o -l output -d 'How data is written' -r -f -a "table\t'Columns for people'
json\t'One JSON value; a list is one array'
ndjson\t'One JSON value a line'
name\t'Names or ids alone, one a line'"
complete -c cpcctl -n "__fish_cpcctl_using_subcommand context; and not __fish_seen_subcommand_from list show set use delete" -l timeout -d 'How long an answer may take: 500ms, 2s, 1m' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand context; and not __fish_seen_subcommand_from list show set use delete" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR or TERM=dumb says otherwise'
always\t'Everywhere'
never\t'Nowhere'"
complete -c cpcctl -n "__fish_cpcctl_using_subcommand context; and not __fish_seen_subcommand_from list show set use delete" -l progress -d 'How to show progress' -r -f -a "auto\t'A bar on a terminal, plain lines elsewhere, nothing with --quiet'
bar\t'A bar'
plain\t'A line with the time every few seconds'
json\t'A JSON object a line'
none\t'Nothing'"
complete -c cpcctl -n "__fish_cpcctl_using_subcommand context; and not __fish_seen_subcommand_from list show set use delete" -l width -d 'Fit columns to so many characters, even in a pipe' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand context; and not __fish_seen_subcommand_from list show set use delete" -l local -d 'Speak to the daemon on this machine through its Unix socket, as its administrator'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand context; and not __fish_seen_subcommand_from list show set use delete" -s q -l quiet -d 'No notes and no progress on stderr'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand context; and not __fish_seen_subcommand_from list show set use delete" -s y -l yes -d 'Answer yes to every question'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand context; and not __fish_seen_subcommand_from list show set use delete" -l dry-run -d 'Check, show what would be sent to the server to change something, and do not send it'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand context; and not __fish_seen_subcommand_from list show set use delete" -l no-headers -d 'No titles above the columns'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand context; and not __fish_seen_subcommand_from list show set use delete" -l no-trunc -d 'Do not cut columns to the width of the terminal'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand context; and not __fish_seen_subcommand_from list show set use delete" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand context; and not __fish_seen_subcommand_from list show set use delete" -f -a "list" -d 'Lists the contexts'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand context; and not __fish_seen_subcommand_from list show set use delete" -f -a "show" -d 'Shows a context: its server, its key, and whether a session is open'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand context; and not __fish_seen_subcommand_from list show set use delete" -f -a "set" -d 'Makes a context, or changes what it says; flags that are not given change nothing'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand context; and not __fish_seen_subcommand_from list show set use delete" -f -a "use" -d 'Chooses the context for commands that name none'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand context; and not __fish_seen_subcommand_from list show set use delete" -f -a "delete" -d 'Deletes a context with its tokens; its key stays'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand context; and __fish_seen_subcommand_from list" -l endpoint -d 'Where cpcd listens: https://HOST:PORT, http://HOST:PORT or unix:///PATH; also CPCCTL_ENDPOINT [default: that of the context, else http://127.0.0.1:50051]' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand context; and __fish_seen_subcommand_from list" -l socket -d 'The socket for --local; also CPCCTL_SOCKET [default: cpcd.sock in cpcd\'s data directory]' -r -F
complete -c cpcctl -n "__fish_cpcctl_using_subcommand context; and __fish_seen_subcommand_from list" -l ca-file -d 'Certificates (PEM) of the authorities to believe over https, in place of the system\'s; also CPCCTL_CA_FILE' -r -F
complete -c cpcctl -n "__fish_cpcctl_using_subcommand context; and __fish_seen_subcommand_from list" -l tls-pin -d 'The public key that the server must have over https, as `cpcd tls show` prints it; also CPCCTL_TLS_PIN' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand context; and __fish_seen_subcommand_from list" -l context -d 'The context to use: a server and who one is there; also CPCCTL_CONTEXT [default: the one that `context use` chose, else default]' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand context; and __fish_seen_subcommand_from list" -l token-file -d 'Read the access token from a file, - for stdin; CPCCTL_TOKEN holds the token itself' -r -F
complete -c cpcctl -n "__fish_cpcctl_using_subcommand context; and __fish_seen_subcommand_from list" -s o -l output -d 'How data is written' -r -f -a "table\t'Columns for people'
json\t'One JSON value; a list is one array'
ndjson\t'One JSON value a line'
name\t'Names or ids alone, one a line'"
complete -c cpcctl -n "__fish_cpcctl_using_subcommand context; and __fish_seen_subcommand_from list" -l timeout -d 'How long an answer may take: 500ms, 2s, 1m' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand context; and __fish_seen_subcommand_from list" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR or TERM=dumb says otherwise'
always\t'Everywhere'
never\t'Nowhere'"
complete -c cpcctl -n "__fish_cpcctl_using_subcommand context; and __fish_seen_subcommand_from list" -l progress -d 'How to show progress' -r -f -a "auto\t'A bar on a terminal, plain lines elsewhere, nothing with --quiet'
bar\t'A bar'
plain\t'A line with the time every few seconds'
json\t'A JSON object a line'
none\t'Nothing'"
complete -c cpcctl -n "__fish_cpcctl_using_subcommand context; and __fish_seen_subcommand_from list" -l width -d 'Fit columns to so many characters, even in a pipe' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand context; and __fish_seen_subcommand_from list" -l local -d 'Speak to the daemon on this machine through its Unix socket, as its administrator'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand context; and __fish_seen_subcommand_from list" -s q -l quiet -d 'No notes and no progress on stderr'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand context; and __fish_seen_subcommand_from list" -s y -l yes -d 'Answer yes to every question'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand context; and __fish_seen_subcommand_from list" -l dry-run -d 'Check, show what would be sent to the server to change something, and do not send it'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand context; and __fish_seen_subcommand_from list" -l no-headers -d 'No titles above the columns'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand context; and __fish_seen_subcommand_from list" -l no-trunc -d 'Do not cut columns to the width of the terminal'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand context; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand context; and __fish_seen_subcommand_from show" -l endpoint -d 'Where cpcd listens: https://HOST:PORT, http://HOST:PORT or unix:///PATH; also CPCCTL_ENDPOINT [default: that of the context, else http://127.0.0.1:50051]' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand context; and __fish_seen_subcommand_from show" -l socket -d 'The socket for --local; also CPCCTL_SOCKET [default: cpcd.sock in cpcd\'s data directory]' -r -F
complete -c cpcctl -n "__fish_cpcctl_using_subcommand context; and __fish_seen_subcommand_from show" -l ca-file -d 'Certificates (PEM) of the authorities to believe over https, in place of the system\'s; also CPCCTL_CA_FILE' -r -F
complete -c cpcctl -n "__fish_cpcctl_using_subcommand context; and __fish_seen_subcommand_from show" -l tls-pin -d 'The public key that the server must have over https, as `cpcd tls show` prints it; also CPCCTL_TLS_PIN' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand context; and __fish_seen_subcommand_from show" -l context -d 'The context to use: a server and who one is there; also CPCCTL_CONTEXT [default: the one that `context use` chose, else default]' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand context; and __fish_seen_subcommand_from show" -l token-file -d 'Read the access token from a file, - for stdin; CPCCTL_TOKEN holds the token itself' -r -F
complete -c cpcctl -n "__fish_cpcctl_using_subcommand context; and __fish_seen_subcommand_from show" -s o -l output -d 'How data is written' -r -f -a "table\t'Columns for people'
json\t'One JSON value; a list is one array'
ndjson\t'One JSON value a line'
name\t'Names or ids alone, one a line'"
complete -c cpcctl -n "__fish_cpcctl_using_subcommand context; and __fish_seen_subcommand_from show" -l timeout -d 'How long an answer may take: 500ms, 2s, 1m' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand context; and __fish_seen_subcommand_from show" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR or TERM=dumb says otherwise'
always\t'Everywhere'
never\t'Nowhere'"
complete -c cpcctl -n "__fish_cpcctl_using_subcommand context; and __fish_seen_subcommand_from show" -l progress -d 'How to show progress' -r -f -a "auto\t'A bar on a terminal, plain lines elsewhere, nothing with --quiet'
bar\t'A bar'
plain\t'A line with the time every few seconds'
json\t'A JSON object a line'
none\t'Nothing'"
complete -c cpcctl -n "__fish_cpcctl_using_subcommand context; and __fish_seen_subcommand_from show" -l width -d 'Fit columns to so many characters, even in a pipe' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand context; and __fish_seen_subcommand_from show" -l local -d 'Speak to the daemon on this machine through its Unix socket, as its administrator'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand context; and __fish_seen_subcommand_from show" -s q -l quiet -d 'No notes and no progress on stderr'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand context; and __fish_seen_subcommand_from show" -s y -l yes -d 'Answer yes to every question'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand context; and __fish_seen_subcommand_from show" -l dry-run -d 'Check, show what would be sent to the server to change something, and do not send it'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand context; and __fish_seen_subcommand_from show" -l no-headers -d 'No titles above the columns'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand context; and __fish_seen_subcommand_from show" -l no-trunc -d 'Do not cut columns to the width of the terminal'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand context; and __fish_seen_subcommand_from show" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand context; and __fish_seen_subcommand_from set" -l key -d 'The private key file, or a key of the ssh-agent, that logs in there' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand context; and __fish_seen_subcommand_from set" -l server-id -d 'The server\'s id, as its operator tells it: a server that names another one gets no signature' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand context; and __fish_seen_subcommand_from set" -l endpoint -d 'Where cpcd listens: https://HOST:PORT, http://HOST:PORT or unix:///PATH; also CPCCTL_ENDPOINT [default: that of the context, else http://127.0.0.1:50051]' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand context; and __fish_seen_subcommand_from set" -l socket -d 'The socket for --local; also CPCCTL_SOCKET [default: cpcd.sock in cpcd\'s data directory]' -r -F
complete -c cpcctl -n "__fish_cpcctl_using_subcommand context; and __fish_seen_subcommand_from set" -l ca-file -d 'Certificates (PEM) of the authorities to believe over https, in place of the system\'s; also CPCCTL_CA_FILE' -r -F
complete -c cpcctl -n "__fish_cpcctl_using_subcommand context; and __fish_seen_subcommand_from set" -l tls-pin -d 'The public key that the server must have over https, as `cpcd tls show` prints it; also CPCCTL_TLS_PIN' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand context; and __fish_seen_subcommand_from set" -l context -d 'The context to use: a server and who one is there; also CPCCTL_CONTEXT [default: the one that `context use` chose, else default]' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand context; and __fish_seen_subcommand_from set" -l token-file -d 'Read the access token from a file, - for stdin; CPCCTL_TOKEN holds the token itself' -r -F
complete -c cpcctl -n "__fish_cpcctl_using_subcommand context; and __fish_seen_subcommand_from set" -s o -l output -d 'How data is written' -r -f -a "table\t'Columns for people'
json\t'One JSON value; a list is one array'
ndjson\t'One JSON value a line'
name\t'Names or ids alone, one a line'"
complete -c cpcctl -n "__fish_cpcctl_using_subcommand context; and __fish_seen_subcommand_from set" -l timeout -d 'How long an answer may take: 500ms, 2s, 1m' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand context; and __fish_seen_subcommand_from set" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR or TERM=dumb says otherwise'
always\t'Everywhere'
never\t'Nowhere'"
complete -c cpcctl -n "__fish_cpcctl_using_subcommand context; and __fish_seen_subcommand_from set" -l progress -d 'How to show progress' -r -f -a "auto\t'A bar on a terminal, plain lines elsewhere, nothing with --quiet'
bar\t'A bar'
plain\t'A line with the time every few seconds'
json\t'A JSON object a line'
none\t'Nothing'"
complete -c cpcctl -n "__fish_cpcctl_using_subcommand context; and __fish_seen_subcommand_from set" -l width -d 'Fit columns to so many characters, even in a pipe' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand context; and __fish_seen_subcommand_from set" -l forget-server-id -d 'Keep the server\'s id anew at the next login'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand context; and __fish_seen_subcommand_from set" -l local -d 'Speak to the daemon on this machine through its Unix socket, as its administrator'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand context; and __fish_seen_subcommand_from set" -s q -l quiet -d 'No notes and no progress on stderr'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand context; and __fish_seen_subcommand_from set" -s y -l yes -d 'Answer yes to every question'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand context; and __fish_seen_subcommand_from set" -l dry-run -d 'Check, show what would be sent to the server to change something, and do not send it'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand context; and __fish_seen_subcommand_from set" -l no-headers -d 'No titles above the columns'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand context; and __fish_seen_subcommand_from set" -l no-trunc -d 'Do not cut columns to the width of the terminal'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand context; and __fish_seen_subcommand_from set" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand context; and __fish_seen_subcommand_from use" -l endpoint -d 'Where cpcd listens: https://HOST:PORT, http://HOST:PORT or unix:///PATH; also CPCCTL_ENDPOINT [default: that of the context, else http://127.0.0.1:50051]' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand context; and __fish_seen_subcommand_from use" -l socket -d 'The socket for --local; also CPCCTL_SOCKET [default: cpcd.sock in cpcd\'s data directory]' -r -F
complete -c cpcctl -n "__fish_cpcctl_using_subcommand context; and __fish_seen_subcommand_from use" -l ca-file -d 'Certificates (PEM) of the authorities to believe over https, in place of the system\'s; also CPCCTL_CA_FILE' -r -F
complete -c cpcctl -n "__fish_cpcctl_using_subcommand context; and __fish_seen_subcommand_from use" -l tls-pin -d 'The public key that the server must have over https, as `cpcd tls show` prints it; also CPCCTL_TLS_PIN' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand context; and __fish_seen_subcommand_from use" -l context -d 'The context to use: a server and who one is there; also CPCCTL_CONTEXT [default: the one that `context use` chose, else default]' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand context; and __fish_seen_subcommand_from use" -l token-file -d 'Read the access token from a file, - for stdin; CPCCTL_TOKEN holds the token itself' -r -F
complete -c cpcctl -n "__fish_cpcctl_using_subcommand context; and __fish_seen_subcommand_from use" -s o -l output -d 'How data is written' -r -f -a "table\t'Columns for people'
json\t'One JSON value; a list is one array'
ndjson\t'One JSON value a line'
name\t'Names or ids alone, one a line'"
complete -c cpcctl -n "__fish_cpcctl_using_subcommand context; and __fish_seen_subcommand_from use" -l timeout -d 'How long an answer may take: 500ms, 2s, 1m' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand context; and __fish_seen_subcommand_from use" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR or TERM=dumb says otherwise'
always\t'Everywhere'
never\t'Nowhere'"
complete -c cpcctl -n "__fish_cpcctl_using_subcommand context; and __fish_seen_subcommand_from use" -l progress -d 'How to show progress' -r -f -a "auto\t'A bar on a terminal, plain lines elsewhere, nothing with --quiet'
bar\t'A bar'
plain\t'A line with the time every few seconds'
json\t'A JSON object a line'
none\t'Nothing'"
complete -c cpcctl -n "__fish_cpcctl_using_subcommand context; and __fish_seen_subcommand_from use" -l width -d 'Fit columns to so many characters, even in a pipe' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand context; and __fish_seen_subcommand_from use" -l local -d 'Speak to the daemon on this machine through its Unix socket, as its administrator'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand context; and __fish_seen_subcommand_from use" -s q -l quiet -d 'No notes and no progress on stderr'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand context; and __fish_seen_subcommand_from use" -s y -l yes -d 'Answer yes to every question'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand context; and __fish_seen_subcommand_from use" -l dry-run -d 'Check, show what would be sent to the server to change something, and do not send it'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand context; and __fish_seen_subcommand_from use" -l no-headers -d 'No titles above the columns'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand context; and __fish_seen_subcommand_from use" -l no-trunc -d 'Do not cut columns to the width of the terminal'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand context; and __fish_seen_subcommand_from use" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand context; and __fish_seen_subcommand_from delete" -l endpoint -d 'Where cpcd listens: https://HOST:PORT, http://HOST:PORT or unix:///PATH; also CPCCTL_ENDPOINT [default: that of the context, else http://127.0.0.1:50051]' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand context; and __fish_seen_subcommand_from delete" -l socket -d 'The socket for --local; also CPCCTL_SOCKET [default: cpcd.sock in cpcd\'s data directory]' -r -F
complete -c cpcctl -n "__fish_cpcctl_using_subcommand context; and __fish_seen_subcommand_from delete" -l ca-file -d 'Certificates (PEM) of the authorities to believe over https, in place of the system\'s; also CPCCTL_CA_FILE' -r -F
complete -c cpcctl -n "__fish_cpcctl_using_subcommand context; and __fish_seen_subcommand_from delete" -l tls-pin -d 'The public key that the server must have over https, as `cpcd tls show` prints it; also CPCCTL_TLS_PIN' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand context; and __fish_seen_subcommand_from delete" -l context -d 'The context to use: a server and who one is there; also CPCCTL_CONTEXT [default: the one that `context use` chose, else default]' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand context; and __fish_seen_subcommand_from delete" -l token-file -d 'Read the access token from a file, - for stdin; CPCCTL_TOKEN holds the token itself' -r -F
complete -c cpcctl -n "__fish_cpcctl_using_subcommand context; and __fish_seen_subcommand_from delete" -s o -l output -d 'How data is written' -r -f -a "table\t'Columns for people'
json\t'One JSON value; a list is one array'
ndjson\t'One JSON value a line'
name\t'Names or ids alone, one a line'"
complete -c cpcctl -n "__fish_cpcctl_using_subcommand context; and __fish_seen_subcommand_from delete" -l timeout -d 'How long an answer may take: 500ms, 2s, 1m' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand context; and __fish_seen_subcommand_from delete" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR or TERM=dumb says otherwise'
always\t'Everywhere'
never\t'Nowhere'"
complete -c cpcctl -n "__fish_cpcctl_using_subcommand context; and __fish_seen_subcommand_from delete" -l progress -d 'How to show progress' -r -f -a "auto\t'A bar on a terminal, plain lines elsewhere, nothing with --quiet'
bar\t'A bar'
plain\t'A line with the time every few seconds'
json\t'A JSON object a line'
none\t'Nothing'"
complete -c cpcctl -n "__fish_cpcctl_using_subcommand context; and __fish_seen_subcommand_from delete" -l width -d 'Fit columns to so many characters, even in a pipe' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand context; and __fish_seen_subcommand_from delete" -l local -d 'Speak to the daemon on this machine through its Unix socket, as its administrator'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand context; and __fish_seen_subcommand_from delete" -s q -l quiet -d 'No notes and no progress on stderr'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand context; and __fish_seen_subcommand_from delete" -s y -l yes -d 'Answer yes to every question'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand context; and __fish_seen_subcommand_from delete" -l dry-run -d 'Check, show what would be sent to the server to change something, and do not send it'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand context; and __fish_seen_subcommand_from delete" -l no-headers -d 'No titles above the columns'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand context; and __fish_seen_subcommand_from delete" -l no-trunc -d 'Do not cut columns to the width of the terminal'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand context; and __fish_seen_subcommand_from delete" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand config; and not __fish_seen_subcommand_from show" -l endpoint -d 'Where cpcd listens: https://HOST:PORT, http://HOST:PORT or unix:///PATH; also CPCCTL_ENDPOINT [default: that of the context, else http://127.0.0.1:50051]' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand config; and not __fish_seen_subcommand_from show" -l socket -d 'The socket for --local; also CPCCTL_SOCKET [default: cpcd.sock in cpcd\'s data directory]' -r -F
complete -c cpcctl -n "__fish_cpcctl_using_subcommand config; and not __fish_seen_subcommand_from show" -l ca-file -d 'Certificates (PEM) of the authorities to believe over https, in place of the system\'s; also CPCCTL_CA_FILE' -r -F
complete -c cpcctl -n "__fish_cpcctl_using_subcommand config; and not __fish_seen_subcommand_from show" -l tls-pin -d 'The public key that the server must have over https, as `cpcd tls show` prints it; also CPCCTL_TLS_PIN' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand config; and not __fish_seen_subcommand_from show" -l context -d 'The context to use: a server and who one is there; also CPCCTL_CONTEXT [default: the one that `context use` chose, else default]' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand config; and not __fish_seen_subcommand_from show" -l token-file -d 'Read the access token from a file, - for stdin; CPCCTL_TOKEN holds the token itself' -r -F
complete -c cpcctl -n "__fish_cpcctl_using_subcommand config; and not __fish_seen_subcommand_from show" -s o -l output -d 'How data is written' -r -f -a "table\t'Columns for people'
json\t'One JSON value; a list is one array'
ndjson\t'One JSON value a line'
name\t'Names or ids alone, one a line'"
complete -c cpcctl -n "__fish_cpcctl_using_subcommand config; and not __fish_seen_subcommand_from show" -l timeout -d 'How long an answer may take: 500ms, 2s, 1m' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand config; and not __fish_seen_subcommand_from show" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR or TERM=dumb says otherwise'
always\t'Everywhere'
never\t'Nowhere'"
complete -c cpcctl -n "__fish_cpcctl_using_subcommand config; and not __fish_seen_subcommand_from show" -l progress -d 'How to show progress' -r -f -a "auto\t'A bar on a terminal, plain lines elsewhere, nothing with --quiet'
bar\t'A bar'
plain\t'A line with the time every few seconds'
json\t'A JSON object a line'
none\t'Nothing'"
complete -c cpcctl -n "__fish_cpcctl_using_subcommand config; and not __fish_seen_subcommand_from show" -l width -d 'Fit columns to so many characters, even in a pipe' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand config; and not __fish_seen_subcommand_from show" -l local -d 'Speak to the daemon on this machine through its Unix socket, as its administrator'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand config; and not __fish_seen_subcommand_from show" -s q -l quiet -d 'No notes and no progress on stderr'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand config; and not __fish_seen_subcommand_from show" -s y -l yes -d 'Answer yes to every question'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand config; and not __fish_seen_subcommand_from show" -l dry-run -d 'Check, show what would be sent to the server to change something, and do not send it'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand config; and not __fish_seen_subcommand_from show" -l no-headers -d 'No titles above the columns'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand config; and not __fish_seen_subcommand_from show" -l no-trunc -d 'Do not cut columns to the width of the terminal'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand config; and not __fish_seen_subcommand_from show" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand config; and not __fish_seen_subcommand_from show" -f -a "show" -d 'Shows every setting that is in force: flag, else environment, else context, else default'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand config; and __fish_seen_subcommand_from show" -l endpoint -d 'Where cpcd listens: https://HOST:PORT, http://HOST:PORT or unix:///PATH; also CPCCTL_ENDPOINT [default: that of the context, else http://127.0.0.1:50051]' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand config; and __fish_seen_subcommand_from show" -l socket -d 'The socket for --local; also CPCCTL_SOCKET [default: cpcd.sock in cpcd\'s data directory]' -r -F
complete -c cpcctl -n "__fish_cpcctl_using_subcommand config; and __fish_seen_subcommand_from show" -l ca-file -d 'Certificates (PEM) of the authorities to believe over https, in place of the system\'s; also CPCCTL_CA_FILE' -r -F
complete -c cpcctl -n "__fish_cpcctl_using_subcommand config; and __fish_seen_subcommand_from show" -l tls-pin -d 'The public key that the server must have over https, as `cpcd tls show` prints it; also CPCCTL_TLS_PIN' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand config; and __fish_seen_subcommand_from show" -l context -d 'The context to use: a server and who one is there; also CPCCTL_CONTEXT [default: the one that `context use` chose, else default]' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand config; and __fish_seen_subcommand_from show" -l token-file -d 'Read the access token from a file, - for stdin; CPCCTL_TOKEN holds the token itself' -r -F
complete -c cpcctl -n "__fish_cpcctl_using_subcommand config; and __fish_seen_subcommand_from show" -s o -l output -d 'How data is written' -r -f -a "table\t'Columns for people'
json\t'One JSON value; a list is one array'
ndjson\t'One JSON value a line'
name\t'Names or ids alone, one a line'"
complete -c cpcctl -n "__fish_cpcctl_using_subcommand config; and __fish_seen_subcommand_from show" -l timeout -d 'How long an answer may take: 500ms, 2s, 1m' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand config; and __fish_seen_subcommand_from show" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR or TERM=dumb says otherwise'
always\t'Everywhere'
never\t'Nowhere'"
complete -c cpcctl -n "__fish_cpcctl_using_subcommand config; and __fish_seen_subcommand_from show" -l progress -d 'How to show progress' -r -f -a "auto\t'A bar on a terminal, plain lines elsewhere, nothing with --quiet'
bar\t'A bar'
plain\t'A line with the time every few seconds'
json\t'A JSON object a line'
none\t'Nothing'"
complete -c cpcctl -n "__fish_cpcctl_using_subcommand config; and __fish_seen_subcommand_from show" -l width -d 'Fit columns to so many characters, even in a pipe' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand config; and __fish_seen_subcommand_from show" -l origin -d 'Say where each of them comes from'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand config; and __fish_seen_subcommand_from show" -l local -d 'Speak to the daemon on this machine through its Unix socket, as its administrator'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand config; and __fish_seen_subcommand_from show" -s q -l quiet -d 'No notes and no progress on stderr'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand config; and __fish_seen_subcommand_from show" -s y -l yes -d 'Answer yes to every question'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand config; and __fish_seen_subcommand_from show" -l dry-run -d 'Check, show what would be sent to the server to change something, and do not send it'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand config; and __fish_seen_subcommand_from show" -l no-headers -d 'No titles above the columns'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand config; and __fish_seen_subcommand_from show" -l no-trunc -d 'Do not cut columns to the width of the terminal'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand config; and __fish_seen_subcommand_from show" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand session; and not __fish_seen_subcommand_from list end" -l endpoint -d 'Where cpcd listens: https://HOST:PORT, http://HOST:PORT or unix:///PATH; also CPCCTL_ENDPOINT [default: that of the context, else http://127.0.0.1:50051]' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand session; and not __fish_seen_subcommand_from list end" -l socket -d 'The socket for --local; also CPCCTL_SOCKET [default: cpcd.sock in cpcd\'s data directory]' -r -F
complete -c cpcctl -n "__fish_cpcctl_using_subcommand session; and not __fish_seen_subcommand_from list end" -l ca-file -d 'Certificates (PEM) of the authorities to believe over https, in place of the system\'s; also CPCCTL_CA_FILE' -r -F
complete -c cpcctl -n "__fish_cpcctl_using_subcommand session; and not __fish_seen_subcommand_from list end" -l tls-pin -d 'The public key that the server must have over https, as `cpcd tls show` prints it; also CPCCTL_TLS_PIN' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand session; and not __fish_seen_subcommand_from list end" -l context -d 'The context to use: a server and who one is there; also CPCCTL_CONTEXT [default: the one that `context use` chose, else default]' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand session; and not __fish_seen_subcommand_from list end" -l token-file -d 'Read the access token from a file, - for stdin; CPCCTL_TOKEN holds the token itself' -r -F
complete -c cpcctl -n "__fish_cpcctl_using_subcommand session; and not __fish_seen_subcommand_from list end" -s o -l output -d 'How data is written' -r -f -a "table\t'Columns for people'
json\t'One JSON value; a list is one array'
ndjson\t'One JSON value a line'
name\t'Names or ids alone, one a line'"
complete -c cpcctl -n "__fish_cpcctl_using_subcommand session; and not __fish_seen_subcommand_from list end" -l timeout -d 'How long an answer may take: 500ms, 2s, 1m' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand session; and not __fish_seen_subcommand_from list end" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR or TERM=dumb says otherwise'
always\t'Everywhere'
never\t'Nowhere'"
complete -c cpcctl -n "__fish_cpcctl_using_subcommand session; and not __fish_seen_subcommand_from list end" -l progress -d 'How to show progress' -r -f -a "auto\t'A bar on a terminal, plain lines elsewhere, nothing with --quiet'
bar\t'A bar'
plain\t'A line with the time every few seconds'
json\t'A JSON object a line'
none\t'Nothing'"
complete -c cpcctl -n "__fish_cpcctl_using_subcommand session; and not __fish_seen_subcommand_from list end" -l width -d 'Fit columns to so many characters, even in a pipe' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand session; and not __fish_seen_subcommand_from list end" -l local -d 'Speak to the daemon on this machine through its Unix socket, as its administrator'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand session; and not __fish_seen_subcommand_from list end" -s q -l quiet -d 'No notes and no progress on stderr'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand session; and not __fish_seen_subcommand_from list end" -s y -l yes -d 'Answer yes to every question'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand session; and not __fish_seen_subcommand_from list end" -l dry-run -d 'Check, show what would be sent to the server to change something, and do not send it'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand session; and not __fish_seen_subcommand_from list end" -l no-headers -d 'No titles above the columns'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand session; and not __fish_seen_subcommand_from list end" -l no-trunc -d 'Do not cut columns to the width of the terminal'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand session; and not __fish_seen_subcommand_from list end" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand session; and not __fish_seen_subcommand_from list end" -f -a "list" -d 'Lists sessions that go on, your own or those of a user'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand session; and not __fish_seen_subcommand_from list end" -f -a "end" -d 'Ends sessions with all their tokens'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand session; and __fish_seen_subcommand_from list" -l user -d 'Whose: a name or an id [default: your own]' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand session; and __fish_seen_subcommand_from list" -l endpoint -d 'Where cpcd listens: https://HOST:PORT, http://HOST:PORT or unix:///PATH; also CPCCTL_ENDPOINT [default: that of the context, else http://127.0.0.1:50051]' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand session; and __fish_seen_subcommand_from list" -l socket -d 'The socket for --local; also CPCCTL_SOCKET [default: cpcd.sock in cpcd\'s data directory]' -r -F
complete -c cpcctl -n "__fish_cpcctl_using_subcommand session; and __fish_seen_subcommand_from list" -l ca-file -d 'Certificates (PEM) of the authorities to believe over https, in place of the system\'s; also CPCCTL_CA_FILE' -r -F
complete -c cpcctl -n "__fish_cpcctl_using_subcommand session; and __fish_seen_subcommand_from list" -l tls-pin -d 'The public key that the server must have over https, as `cpcd tls show` prints it; also CPCCTL_TLS_PIN' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand session; and __fish_seen_subcommand_from list" -l context -d 'The context to use: a server and who one is there; also CPCCTL_CONTEXT [default: the one that `context use` chose, else default]' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand session; and __fish_seen_subcommand_from list" -l token-file -d 'Read the access token from a file, - for stdin; CPCCTL_TOKEN holds the token itself' -r -F
complete -c cpcctl -n "__fish_cpcctl_using_subcommand session; and __fish_seen_subcommand_from list" -s o -l output -d 'How data is written' -r -f -a "table\t'Columns for people'
json\t'One JSON value; a list is one array'
ndjson\t'One JSON value a line'
name\t'Names or ids alone, one a line'"
complete -c cpcctl -n "__fish_cpcctl_using_subcommand session; and __fish_seen_subcommand_from list" -l timeout -d 'How long an answer may take: 500ms, 2s, 1m' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand session; and __fish_seen_subcommand_from list" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR or TERM=dumb says otherwise'
always\t'Everywhere'
never\t'Nowhere'"
complete -c cpcctl -n "__fish_cpcctl_using_subcommand session; and __fish_seen_subcommand_from list" -l progress -d 'How to show progress' -r -f -a "auto\t'A bar on a terminal, plain lines elsewhere, nothing with --quiet'
bar\t'A bar'
plain\t'A line with the time every few seconds'
json\t'A JSON object a line'
none\t'Nothing'"
complete -c cpcctl -n "__fish_cpcctl_using_subcommand session; and __fish_seen_subcommand_from list" -l width -d 'Fit columns to so many characters, even in a pipe' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand session; and __fish_seen_subcommand_from list" -l local -d 'Speak to the daemon on this machine through its Unix socket, as its administrator'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand session; and __fish_seen_subcommand_from list" -s q -l quiet -d 'No notes and no progress on stderr'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand session; and __fish_seen_subcommand_from list" -s y -l yes -d 'Answer yes to every question'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand session; and __fish_seen_subcommand_from list" -l dry-run -d 'Check, show what would be sent to the server to change something, and do not send it'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand session; and __fish_seen_subcommand_from list" -l no-headers -d 'No titles above the columns'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand session; and __fish_seen_subcommand_from list" -l no-trunc -d 'Do not cut columns to the width of the terminal'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand session; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand session; and __fish_seen_subcommand_from end" -l endpoint -d 'Where cpcd listens: https://HOST:PORT, http://HOST:PORT or unix:///PATH; also CPCCTL_ENDPOINT [default: that of the context, else http://127.0.0.1:50051]' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand session; and __fish_seen_subcommand_from end" -l socket -d 'The socket for --local; also CPCCTL_SOCKET [default: cpcd.sock in cpcd\'s data directory]' -r -F
complete -c cpcctl -n "__fish_cpcctl_using_subcommand session; and __fish_seen_subcommand_from end" -l ca-file -d 'Certificates (PEM) of the authorities to believe over https, in place of the system\'s; also CPCCTL_CA_FILE' -r -F
complete -c cpcctl -n "__fish_cpcctl_using_subcommand session; and __fish_seen_subcommand_from end" -l tls-pin -d 'The public key that the server must have over https, as `cpcd tls show` prints it; also CPCCTL_TLS_PIN' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand session; and __fish_seen_subcommand_from end" -l context -d 'The context to use: a server and who one is there; also CPCCTL_CONTEXT [default: the one that `context use` chose, else default]' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand session; and __fish_seen_subcommand_from end" -l token-file -d 'Read the access token from a file, - for stdin; CPCCTL_TOKEN holds the token itself' -r -F
complete -c cpcctl -n "__fish_cpcctl_using_subcommand session; and __fish_seen_subcommand_from end" -s o -l output -d 'How data is written' -r -f -a "table\t'Columns for people'
json\t'One JSON value; a list is one array'
ndjson\t'One JSON value a line'
name\t'Names or ids alone, one a line'"
complete -c cpcctl -n "__fish_cpcctl_using_subcommand session; and __fish_seen_subcommand_from end" -l timeout -d 'How long an answer may take: 500ms, 2s, 1m' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand session; and __fish_seen_subcommand_from end" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR or TERM=dumb says otherwise'
always\t'Everywhere'
never\t'Nowhere'"
complete -c cpcctl -n "__fish_cpcctl_using_subcommand session; and __fish_seen_subcommand_from end" -l progress -d 'How to show progress' -r -f -a "auto\t'A bar on a terminal, plain lines elsewhere, nothing with --quiet'
bar\t'A bar'
plain\t'A line with the time every few seconds'
json\t'A JSON object a line'
none\t'Nothing'"
complete -c cpcctl -n "__fish_cpcctl_using_subcommand session; and __fish_seen_subcommand_from end" -l width -d 'Fit columns to so many characters, even in a pipe' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand session; and __fish_seen_subcommand_from end" -l local -d 'Speak to the daemon on this machine through its Unix socket, as its administrator'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand session; and __fish_seen_subcommand_from end" -s q -l quiet -d 'No notes and no progress on stderr'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand session; and __fish_seen_subcommand_from end" -s y -l yes -d 'Answer yes to every question'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand session; and __fish_seen_subcommand_from end" -l dry-run -d 'Check, show what would be sent to the server to change something, and do not send it'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand session; and __fish_seen_subcommand_from end" -l no-headers -d 'No titles above the columns'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand session; and __fish_seen_subcommand_from end" -l no-trunc -d 'Do not cut columns to the width of the terminal'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand session; and __fish_seen_subcommand_from end" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand node; and not __fish_seen_subcommand_from register run list show watch label cordon uncordon drain approve expire delete reset-seq" -l endpoint -d 'Where cpcd listens: https://HOST:PORT, http://HOST:PORT or unix:///PATH; also CPCCTL_ENDPOINT [default: that of the context, else http://127.0.0.1:50051]' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand node; and not __fish_seen_subcommand_from register run list show watch label cordon uncordon drain approve expire delete reset-seq" -l socket -d 'The socket for --local; also CPCCTL_SOCKET [default: cpcd.sock in cpcd\'s data directory]' -r -F
complete -c cpcctl -n "__fish_cpcctl_using_subcommand node; and not __fish_seen_subcommand_from register run list show watch label cordon uncordon drain approve expire delete reset-seq" -l ca-file -d 'Certificates (PEM) of the authorities to believe over https, in place of the system\'s; also CPCCTL_CA_FILE' -r -F
complete -c cpcctl -n "__fish_cpcctl_using_subcommand node; and not __fish_seen_subcommand_from register run list show watch label cordon uncordon drain approve expire delete reset-seq" -l tls-pin -d 'The public key that the server must have over https, as `cpcd tls show` prints it; also CPCCTL_TLS_PIN' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand node; and not __fish_seen_subcommand_from register run list show watch label cordon uncordon drain approve expire delete reset-seq" -l context -d 'The context to use: a server and who one is there; also CPCCTL_CONTEXT [default: the one that `context use` chose, else default]' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand node; and not __fish_seen_subcommand_from register run list show watch label cordon uncordon drain approve expire delete reset-seq" -l token-file -d 'Read the access token from a file, - for stdin; CPCCTL_TOKEN holds the token itself' -r -F
complete -c cpcctl -n "__fish_cpcctl_using_subcommand node; and not __fish_seen_subcommand_from register run list show watch label cordon uncordon drain approve expire delete reset-seq" -s o -l output -d 'How data is written' -r -f -a "table\t'Columns for people'
json\t'One JSON value; a list is one array'
ndjson\t'One JSON value a line'
name\t'Names or ids alone, one a line'"
complete -c cpcctl -n "__fish_cpcctl_using_subcommand node; and not __fish_seen_subcommand_from register run list show watch label cordon uncordon drain approve expire delete reset-seq" -l timeout -d 'How long an answer may take: 500ms, 2s, 1m' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand node; and not __fish_seen_subcommand_from register run list show watch label cordon uncordon drain approve expire delete reset-seq" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR or TERM=dumb says otherwise'
always\t'Everywhere'
never\t'Nowhere'"
complete -c cpcctl -n "__fish_cpcctl_using_subcommand node; and not __fish_seen_subcommand_from register run list show watch label cordon uncordon drain approve expire delete reset-seq" -l progress -d 'How to show progress' -r -f -a "auto\t'A bar on a terminal, plain lines elsewhere, nothing with --quiet'
bar\t'A bar'
plain\t'A line with the time every few seconds'
json\t'A JSON object a line'
none\t'Nothing'"
complete -c cpcctl -n "__fish_cpcctl_using_subcommand node; and not __fish_seen_subcommand_from register run list show watch label cordon uncordon drain approve expire delete reset-seq" -l width -d 'Fit columns to so many characters, even in a pipe' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand node; and not __fish_seen_subcommand_from register run list show watch label cordon uncordon drain approve expire delete reset-seq" -l local -d 'Speak to the daemon on this machine through its Unix socket, as its administrator'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand node; and not __fish_seen_subcommand_from register run list show watch label cordon uncordon drain approve expire delete reset-seq" -s q -l quiet -d 'No notes and no progress on stderr'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand node; and not __fish_seen_subcommand_from register run list show watch label cordon uncordon drain approve expire delete reset-seq" -s y -l yes -d 'Answer yes to every question'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand node; and not __fish_seen_subcommand_from register run list show watch label cordon uncordon drain approve expire delete reset-seq" -l dry-run -d 'Check, show what would be sent to the server to change something, and do not send it'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand node; and not __fish_seen_subcommand_from register run list show watch label cordon uncordon drain approve expire delete reset-seq" -l no-headers -d 'No titles above the columns'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand node; and not __fish_seen_subcommand_from register run list show watch label cordon uncordon drain approve expire delete reset-seq" -l no-trunc -d 'Do not cut columns to the width of the terminal'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand node; and not __fish_seen_subcommand_from register run list show watch label cordon uncordon drain approve expire delete reset-seq" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand node; and not __fish_seen_subcommand_from register run list show watch label cordon uncordon drain approve expire delete reset-seq" -f -a "register" -d 'Registers a key as a node, or brings up to date what is known of it'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand node; and not __fish_seen_subcommand_from register run list show watch label cordon uncordon drain approve expire delete reset-seq" -f -a "run" -d 'Runs this machine as a node: registers it and says that it lives, until SIGTERM or Ctrl-C'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand node; and not __fish_seen_subcommand_from register run list show watch label cordon uncordon drain approve expire delete reset-seq" -f -a "list" -d 'Lists nodes, oldest first'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand node; and not __fish_seen_subcommand_from register run list show watch label cordon uncordon drain approve expire delete reset-seq" -f -a "show" -d 'Shows a node: where it is, what it has, what it uses, and whether it lives'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand node; and not __fish_seen_subcommand_from register run list show watch label cordon uncordon drain approve expire delete reset-seq" -f -a "watch" -d 'Follows changes of nodes as they happen'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand node; and not __fish_seen_subcommand_from register run list show watch label cordon uncordon drain approve expire delete reset-seq" -f -a "label" -d 'Sets and takes away labels of a node, by name'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand node; and not __fish_seen_subcommand_from register run list show watch label cordon uncordon drain approve expire delete reset-seq" -f -a "cordon" -d 'Places nothing new on nodes; what they have stays'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand node; and not __fish_seen_subcommand_from register run list show watch label cordon uncordon drain approve expire delete reset-seq" -f -a "uncordon" -d 'Places allocations on nodes again'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand node; and not __fish_seen_subcommand_from register run list show watch label cordon uncordon drain approve expire delete reset-seq" -f -a "drain" -d 'Moves what nodes have elsewhere, and places nothing new on them'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand node; and not __fish_seen_subcommand_from register run list show watch label cordon uncordon drain approve expire delete reset-seq" -f -a "approve" -d 'Lets nodes in that wait for approval; `node delete` turns them away'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand node; and not __fish_seen_subcommand_from register run list show watch label cordon uncordon drain approve expire delete reset-seq" -f -a "expire" -d 'Says when nodes are removed: after a while, at a time, now, or never'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand node; and not __fish_seen_subcommand_from register run list show watch label cordon uncordon drain approve expire delete reset-seq" -f -a "delete" -d 'Deletes nodes and takes their tokens back'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand node; and not __fish_seen_subcommand_from register run list show watch label cordon uncordon drain approve expire delete reset-seq" -f -a "reset-seq" -d 'Forgets the sequence number of a node\'s record, so that one with a lower number is taken'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand node; and __fish_seen_subcommand_from register" -l key -d 'The node\'s private key file, made if it is not there [default: node_ed25519 in cpcctl\'s configuration folder]' -r -F
complete -c cpcctl -n "__fish_cpcctl_using_subcommand node; and __fish_seen_subcommand_from register" -l address -d 'Where others reach the node, such as /ip4/192.0.2.1/tcp/4001 [default: as last time]' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand node; and __fish_seen_subcommand_from register" -l label -d 'What the node says of itself [default: as last time]' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand node; and __fish_seen_subcommand_from register" -l namespace -d 'Where the node is to be found by others: a rendezvous namespace [default: as last time]' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand node; and __fish_seen_subcommand_from register" -l invite-file -d 'Join by an invite that is read from a file, - for stdin; CPCCTL_INVITE holds the invite itself' -r -F
complete -c cpcctl -n "__fish_cpcctl_using_subcommand node; and __fish_seen_subcommand_from register" -l cpu-millicores -d 'Thousandths of a processor core that the node has to give [default: the machine\'s]' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand node; and __fish_seen_subcommand_from register" -l memory-bytes -d 'Memory that the node has to give [default: the machine\'s]' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand node; and __fish_seen_subcommand_from register" -l bandwidth -d 'Bits per second that the node has to give [default: not said]' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand node; and __fish_seen_subcommand_from register" -l endpoint -d 'Where cpcd listens: https://HOST:PORT, http://HOST:PORT or unix:///PATH; also CPCCTL_ENDPOINT [default: that of the context, else http://127.0.0.1:50051]' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand node; and __fish_seen_subcommand_from register" -l socket -d 'The socket for --local; also CPCCTL_SOCKET [default: cpcd.sock in cpcd\'s data directory]' -r -F
complete -c cpcctl -n "__fish_cpcctl_using_subcommand node; and __fish_seen_subcommand_from register" -l ca-file -d 'Certificates (PEM) of the authorities to believe over https, in place of the system\'s; also CPCCTL_CA_FILE' -r -F
complete -c cpcctl -n "__fish_cpcctl_using_subcommand node; and __fish_seen_subcommand_from register" -l tls-pin -d 'The public key that the server must have over https, as `cpcd tls show` prints it; also CPCCTL_TLS_PIN' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand node; and __fish_seen_subcommand_from register" -l context -d 'The context to use: a server and who one is there; also CPCCTL_CONTEXT [default: the one that `context use` chose, else default]' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand node; and __fish_seen_subcommand_from register" -l token-file -d 'Read the access token from a file, - for stdin; CPCCTL_TOKEN holds the token itself' -r -F
complete -c cpcctl -n "__fish_cpcctl_using_subcommand node; and __fish_seen_subcommand_from register" -s o -l output -d 'How data is written' -r -f -a "table\t'Columns for people'
json\t'One JSON value; a list is one array'
ndjson\t'One JSON value a line'
name\t'Names or ids alone, one a line'"
complete -c cpcctl -n "__fish_cpcctl_using_subcommand node; and __fish_seen_subcommand_from register" -l timeout -d 'How long an answer may take: 500ms, 2s, 1m' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand node; and __fish_seen_subcommand_from register" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR or TERM=dumb says otherwise'
always\t'Everywhere'
never\t'Nowhere'"
complete -c cpcctl -n "__fish_cpcctl_using_subcommand node; and __fish_seen_subcommand_from register" -l progress -d 'How to show progress' -r -f -a "auto\t'A bar on a terminal, plain lines elsewhere, nothing with --quiet'
bar\t'A bar'
plain\t'A line with the time every few seconds'
json\t'A JSON object a line'
none\t'Nothing'"
complete -c cpcctl -n "__fish_cpcctl_using_subcommand node; and __fish_seen_subcommand_from register" -l width -d 'Fit columns to so many characters, even in a pipe' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand node; and __fish_seen_subcommand_from register" -l no-address -d 'Say no address any more'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand node; and __fish_seen_subcommand_from register" -l no-label -d 'Say no label any more'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand node; and __fish_seen_subcommand_from register" -l no-namespace -d 'Be found in no namespace any more'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand node; and __fish_seen_subcommand_from register" -l ephemeral -d 'Let the server remove the node by itself some minutes after it was last heard of'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand node; and __fish_seen_subcommand_from register" -l legacy-record -d 'Sign the record as RFC 0003 of libp2p says it, rather than as go-libp2p and js-libp2p do'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand node; and __fish_seen_subcommand_from register" -l repin -d 'Take the server\'s id as it is now, in place of the one that was kept'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand node; and __fish_seen_subcommand_from register" -l local -d 'Speak to the daemon on this machine through its Unix socket, as its administrator'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand node; and __fish_seen_subcommand_from register" -s q -l quiet -d 'No notes and no progress on stderr'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand node; and __fish_seen_subcommand_from register" -s y -l yes -d 'Answer yes to every question'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand node; and __fish_seen_subcommand_from register" -l dry-run -d 'Check, show what would be sent to the server to change something, and do not send it'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand node; and __fish_seen_subcommand_from register" -l no-headers -d 'No titles above the columns'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand node; and __fish_seen_subcommand_from register" -l no-trunc -d 'Do not cut columns to the width of the terminal'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand node; and __fish_seen_subcommand_from register" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand node; and __fish_seen_subcommand_from run" -l key -d 'The node\'s private key file, made if it is not there [default: node_ed25519 in cpcctl\'s configuration folder]' -r -F
complete -c cpcctl -n "__fish_cpcctl_using_subcommand node; and __fish_seen_subcommand_from run" -l address -d 'Where others reach the node, such as /ip4/192.0.2.1/tcp/4001 [default: as last time]' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand node; and __fish_seen_subcommand_from run" -l label -d 'What the node says of itself [default: as last time]' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand node; and __fish_seen_subcommand_from run" -l namespace -d 'Where the node is to be found by others: a rendezvous namespace [default: as last time]' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand node; and __fish_seen_subcommand_from run" -l invite-file -d 'Join by an invite that is read from a file, - for stdin; CPCCTL_INVITE holds the invite itself' -r -F
complete -c cpcctl -n "__fish_cpcctl_using_subcommand node; and __fish_seen_subcommand_from run" -l cpu-millicores -d 'Thousandths of a processor core that the node has to give [default: the machine\'s]' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand node; and __fish_seen_subcommand_from run" -l memory-bytes -d 'Memory that the node has to give [default: the machine\'s]' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand node; and __fish_seen_subcommand_from run" -l bandwidth -d 'Bits per second that the node has to give [default: not said]' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand node; and __fish_seen_subcommand_from run" -l on-allocation -d 'The program that begins and ends what the node provides; CPC_EVENT, CPC_ALLOCATION_ID and others say what' -r -F
complete -c cpcctl -n "__fish_cpcctl_using_subcommand node; and __fish_seen_subcommand_from run" -l hook-timeout -d 'How long the program may take for one part; one that takes longer is killed, and has refused' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand node; and __fish_seen_subcommand_from run" -l endpoint -d 'Where cpcd listens: https://HOST:PORT, http://HOST:PORT or unix:///PATH; also CPCCTL_ENDPOINT [default: that of the context, else http://127.0.0.1:50051]' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand node; and __fish_seen_subcommand_from run" -l socket -d 'The socket for --local; also CPCCTL_SOCKET [default: cpcd.sock in cpcd\'s data directory]' -r -F
complete -c cpcctl -n "__fish_cpcctl_using_subcommand node; and __fish_seen_subcommand_from run" -l ca-file -d 'Certificates (PEM) of the authorities to believe over https, in place of the system\'s; also CPCCTL_CA_FILE' -r -F
complete -c cpcctl -n "__fish_cpcctl_using_subcommand node; and __fish_seen_subcommand_from run" -l tls-pin -d 'The public key that the server must have over https, as `cpcd tls show` prints it; also CPCCTL_TLS_PIN' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand node; and __fish_seen_subcommand_from run" -l context -d 'The context to use: a server and who one is there; also CPCCTL_CONTEXT [default: the one that `context use` chose, else default]' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand node; and __fish_seen_subcommand_from run" -l token-file -d 'Read the access token from a file, - for stdin; CPCCTL_TOKEN holds the token itself' -r -F
complete -c cpcctl -n "__fish_cpcctl_using_subcommand node; and __fish_seen_subcommand_from run" -s o -l output -d 'How data is written' -r -f -a "table\t'Columns for people'
json\t'One JSON value; a list is one array'
ndjson\t'One JSON value a line'
name\t'Names or ids alone, one a line'"
complete -c cpcctl -n "__fish_cpcctl_using_subcommand node; and __fish_seen_subcommand_from run" -l timeout -d 'How long an answer may take: 500ms, 2s, 1m' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand node; and __fish_seen_subcommand_from run" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR or TERM=dumb says otherwise'
always\t'Everywhere'
never\t'Nowhere'"
complete -c cpcctl -n "__fish_cpcctl_using_subcommand node; and __fish_seen_subcommand_from run" -l progress -d 'How to show progress' -r -f -a "auto\t'A bar on a terminal, plain lines elsewhere, nothing with --quiet'
bar\t'A bar'
plain\t'A line with the time every few seconds'
json\t'A JSON object a line'
none\t'Nothing'"
complete -c cpcctl -n "__fish_cpcctl_using_subcommand node; and __fish_seen_subcommand_from run" -l width -d 'Fit columns to so many characters, even in a pipe' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand node; and __fish_seen_subcommand_from run" -l no-address -d 'Say no address any more'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand node; and __fish_seen_subcommand_from run" -l no-label -d 'Say no label any more'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand node; and __fish_seen_subcommand_from run" -l no-namespace -d 'Be found in no namespace any more'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand node; and __fish_seen_subcommand_from run" -l ephemeral -d 'Let the server remove the node by itself some minutes after it was last heard of'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand node; and __fish_seen_subcommand_from run" -l legacy-record -d 'Sign the record as RFC 0003 of libp2p says it, rather than as go-libp2p and js-libp2p do'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand node; and __fish_seen_subcommand_from run" -l repin -d 'Take the server\'s id as it is now, in place of the one that was kept'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand node; and __fish_seen_subcommand_from run" -l once -d 'Register, send one heartbeat, show its answer and end'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand node; and __fish_seen_subcommand_from run" -l unary -d 'Send heartbeats one by one, where streams do not pass'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand node; and __fish_seen_subcommand_from run" -l measure-peers -d 'Measure round trips to some peers each minute, by connecting to their addresses over TCP, and report them'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand node; and __fish_seen_subcommand_from run" -l local -d 'Speak to the daemon on this machine through its Unix socket, as its administrator'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand node; and __fish_seen_subcommand_from run" -s q -l quiet -d 'No notes and no progress on stderr'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand node; and __fish_seen_subcommand_from run" -s y -l yes -d 'Answer yes to every question'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand node; and __fish_seen_subcommand_from run" -l dry-run -d 'Check, show what would be sent to the server to change something, and do not send it'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand node; and __fish_seen_subcommand_from run" -l no-headers -d 'No titles above the columns'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand node; and __fish_seen_subcommand_from run" -l no-trunc -d 'Do not cut columns to the width of the terminal'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand node; and __fish_seen_subcommand_from run" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand node; and __fish_seen_subcommand_from list" -l status -d 'Only those that are taken for this' -r -f -a "online\t'Heard within the expected time'
degraded\t'One heartbeat is overdue'
offline\t'Not heard of for too long'"
complete -c cpcctl -n "__fish_cpcctl_using_subcommand node; and __fish_seen_subcommand_from list" -l owner -d 'Only those of this user: a name, an id, or me' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand node; and __fish_seen_subcommand_from list" -l label -d 'Only those with this label' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand node; and __fish_seen_subcommand_from list" -l scheduling -d 'Only those on which this may be placed' -r -f -a "active\t'Allocations'
cordoned\t'Nothing new'
draining\t'Nothing new, and what there is is being moved'
drained\t'Nothing'"
complete -c cpcctl -n "__fish_cpcctl_using_subcommand node; and __fish_seen_subcommand_from list" -l realm -d 'Only those of this realm' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand node; and __fish_seen_subcommand_from list" -l namespace -d 'Only those that are to be found under this namespace' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand node; and __fish_seen_subcommand_from list" -l endpoint -d 'Where cpcd listens: https://HOST:PORT, http://HOST:PORT or unix:///PATH; also CPCCTL_ENDPOINT [default: that of the context, else http://127.0.0.1:50051]' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand node; and __fish_seen_subcommand_from list" -l socket -d 'The socket for --local; also CPCCTL_SOCKET [default: cpcd.sock in cpcd\'s data directory]' -r -F
complete -c cpcctl -n "__fish_cpcctl_using_subcommand node; and __fish_seen_subcommand_from list" -l ca-file -d 'Certificates (PEM) of the authorities to believe over https, in place of the system\'s; also CPCCTL_CA_FILE' -r -F
complete -c cpcctl -n "__fish_cpcctl_using_subcommand node; and __fish_seen_subcommand_from list" -l tls-pin -d 'The public key that the server must have over https, as `cpcd tls show` prints it; also CPCCTL_TLS_PIN' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand node; and __fish_seen_subcommand_from list" -l context -d 'The context to use: a server and who one is there; also CPCCTL_CONTEXT [default: the one that `context use` chose, else default]' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand node; and __fish_seen_subcommand_from list" -l token-file -d 'Read the access token from a file, - for stdin; CPCCTL_TOKEN holds the token itself' -r -F
complete -c cpcctl -n "__fish_cpcctl_using_subcommand node; and __fish_seen_subcommand_from list" -s o -l output -d 'How data is written' -r -f -a "table\t'Columns for people'
json\t'One JSON value; a list is one array'
ndjson\t'One JSON value a line'
name\t'Names or ids alone, one a line'"
complete -c cpcctl -n "__fish_cpcctl_using_subcommand node; and __fish_seen_subcommand_from list" -l timeout -d 'How long an answer may take: 500ms, 2s, 1m' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand node; and __fish_seen_subcommand_from list" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR or TERM=dumb says otherwise'
always\t'Everywhere'
never\t'Nowhere'"
complete -c cpcctl -n "__fish_cpcctl_using_subcommand node; and __fish_seen_subcommand_from list" -l progress -d 'How to show progress' -r -f -a "auto\t'A bar on a terminal, plain lines elsewhere, nothing with --quiet'
bar\t'A bar'
plain\t'A line with the time every few seconds'
json\t'A JSON object a line'
none\t'Nothing'"
complete -c cpcctl -n "__fish_cpcctl_using_subcommand node; and __fish_seen_subcommand_from list" -l width -d 'Fit columns to so many characters, even in a pipe' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand node; and __fish_seen_subcommand_from list" -l pending -d 'Only those that wait for approval'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand node; and __fish_seen_subcommand_from list" -l local -d 'Speak to the daemon on this machine through its Unix socket, as its administrator'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand node; and __fish_seen_subcommand_from list" -s q -l quiet -d 'No notes and no progress on stderr'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand node; and __fish_seen_subcommand_from list" -s y -l yes -d 'Answer yes to every question'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand node; and __fish_seen_subcommand_from list" -l dry-run -d 'Check, show what would be sent to the server to change something, and do not send it'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand node; and __fish_seen_subcommand_from list" -l no-headers -d 'No titles above the columns'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand node; and __fish_seen_subcommand_from list" -l no-trunc -d 'Do not cut columns to the width of the terminal'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand node; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand node; and __fish_seen_subcommand_from show" -l endpoint -d 'Where cpcd listens: https://HOST:PORT, http://HOST:PORT or unix:///PATH; also CPCCTL_ENDPOINT [default: that of the context, else http://127.0.0.1:50051]' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand node; and __fish_seen_subcommand_from show" -l socket -d 'The socket for --local; also CPCCTL_SOCKET [default: cpcd.sock in cpcd\'s data directory]' -r -F
complete -c cpcctl -n "__fish_cpcctl_using_subcommand node; and __fish_seen_subcommand_from show" -l ca-file -d 'Certificates (PEM) of the authorities to believe over https, in place of the system\'s; also CPCCTL_CA_FILE' -r -F
complete -c cpcctl -n "__fish_cpcctl_using_subcommand node; and __fish_seen_subcommand_from show" -l tls-pin -d 'The public key that the server must have over https, as `cpcd tls show` prints it; also CPCCTL_TLS_PIN' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand node; and __fish_seen_subcommand_from show" -l context -d 'The context to use: a server and who one is there; also CPCCTL_CONTEXT [default: the one that `context use` chose, else default]' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand node; and __fish_seen_subcommand_from show" -l token-file -d 'Read the access token from a file, - for stdin; CPCCTL_TOKEN holds the token itself' -r -F
complete -c cpcctl -n "__fish_cpcctl_using_subcommand node; and __fish_seen_subcommand_from show" -s o -l output -d 'How data is written' -r -f -a "table\t'Columns for people'
json\t'One JSON value; a list is one array'
ndjson\t'One JSON value a line'
name\t'Names or ids alone, one a line'"
complete -c cpcctl -n "__fish_cpcctl_using_subcommand node; and __fish_seen_subcommand_from show" -l timeout -d 'How long an answer may take: 500ms, 2s, 1m' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand node; and __fish_seen_subcommand_from show" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR or TERM=dumb says otherwise'
always\t'Everywhere'
never\t'Nowhere'"
complete -c cpcctl -n "__fish_cpcctl_using_subcommand node; and __fish_seen_subcommand_from show" -l progress -d 'How to show progress' -r -f -a "auto\t'A bar on a terminal, plain lines elsewhere, nothing with --quiet'
bar\t'A bar'
plain\t'A line with the time every few seconds'
json\t'A JSON object a line'
none\t'Nothing'"
complete -c cpcctl -n "__fish_cpcctl_using_subcommand node; and __fish_seen_subcommand_from show" -l width -d 'Fit columns to so many characters, even in a pipe' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand node; and __fish_seen_subcommand_from show" -l local -d 'Speak to the daemon on this machine through its Unix socket, as its administrator'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand node; and __fish_seen_subcommand_from show" -s q -l quiet -d 'No notes and no progress on stderr'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand node; and __fish_seen_subcommand_from show" -s y -l yes -d 'Answer yes to every question'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand node; and __fish_seen_subcommand_from show" -l dry-run -d 'Check, show what would be sent to the server to change something, and do not send it'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand node; and __fish_seen_subcommand_from show" -l no-headers -d 'No titles above the columns'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand node; and __fish_seen_subcommand_from show" -l no-trunc -d 'Do not cut columns to the width of the terminal'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand node; and __fish_seen_subcommand_from show" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand node; and __fish_seen_subcommand_from watch" -l cursor -d 'Go on from here [default: from now on]' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand node; and __fish_seen_subcommand_from watch" -l limit -d 'End after so many changes' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand node; and __fish_seen_subcommand_from watch" -l endpoint -d 'Where cpcd listens: https://HOST:PORT, http://HOST:PORT or unix:///PATH; also CPCCTL_ENDPOINT [default: that of the context, else http://127.0.0.1:50051]' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand node; and __fish_seen_subcommand_from watch" -l socket -d 'The socket for --local; also CPCCTL_SOCKET [default: cpcd.sock in cpcd\'s data directory]' -r -F
complete -c cpcctl -n "__fish_cpcctl_using_subcommand node; and __fish_seen_subcommand_from watch" -l ca-file -d 'Certificates (PEM) of the authorities to believe over https, in place of the system\'s; also CPCCTL_CA_FILE' -r -F
complete -c cpcctl -n "__fish_cpcctl_using_subcommand node; and __fish_seen_subcommand_from watch" -l tls-pin -d 'The public key that the server must have over https, as `cpcd tls show` prints it; also CPCCTL_TLS_PIN' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand node; and __fish_seen_subcommand_from watch" -l context -d 'The context to use: a server and who one is there; also CPCCTL_CONTEXT [default: the one that `context use` chose, else default]' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand node; and __fish_seen_subcommand_from watch" -l token-file -d 'Read the access token from a file, - for stdin; CPCCTL_TOKEN holds the token itself' -r -F
complete -c cpcctl -n "__fish_cpcctl_using_subcommand node; and __fish_seen_subcommand_from watch" -s o -l output -d 'How data is written' -r -f -a "table\t'Columns for people'
json\t'One JSON value; a list is one array'
ndjson\t'One JSON value a line'
name\t'Names or ids alone, one a line'"
complete -c cpcctl -n "__fish_cpcctl_using_subcommand node; and __fish_seen_subcommand_from watch" -l timeout -d 'How long an answer may take: 500ms, 2s, 1m' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand node; and __fish_seen_subcommand_from watch" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR or TERM=dumb says otherwise'
always\t'Everywhere'
never\t'Nowhere'"
complete -c cpcctl -n "__fish_cpcctl_using_subcommand node; and __fish_seen_subcommand_from watch" -l progress -d 'How to show progress' -r -f -a "auto\t'A bar on a terminal, plain lines elsewhere, nothing with --quiet'
bar\t'A bar'
plain\t'A line with the time every few seconds'
json\t'A JSON object a line'
none\t'Nothing'"
complete -c cpcctl -n "__fish_cpcctl_using_subcommand node; and __fish_seen_subcommand_from watch" -l width -d 'Fit columns to so many characters, even in a pipe' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand node; and __fish_seen_subcommand_from watch" -l local -d 'Speak to the daemon on this machine through its Unix socket, as its administrator'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand node; and __fish_seen_subcommand_from watch" -s q -l quiet -d 'No notes and no progress on stderr'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand node; and __fish_seen_subcommand_from watch" -s y -l yes -d 'Answer yes to every question'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand node; and __fish_seen_subcommand_from watch" -l dry-run -d 'Check, show what would be sent to the server to change something, and do not send it'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand node; and __fish_seen_subcommand_from watch" -l no-headers -d 'No titles above the columns'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand node; and __fish_seen_subcommand_from watch" -l no-trunc -d 'Do not cut columns to the width of the terminal'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand node; and __fish_seen_subcommand_from watch" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand node; and __fish_seen_subcommand_from label" -l endpoint -d 'Where cpcd listens: https://HOST:PORT, http://HOST:PORT or unix:///PATH; also CPCCTL_ENDPOINT [default: that of the context, else http://127.0.0.1:50051]' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand node; and __fish_seen_subcommand_from label" -l socket -d 'The socket for --local; also CPCCTL_SOCKET [default: cpcd.sock in cpcd\'s data directory]' -r -F
complete -c cpcctl -n "__fish_cpcctl_using_subcommand node; and __fish_seen_subcommand_from label" -l ca-file -d 'Certificates (PEM) of the authorities to believe over https, in place of the system\'s; also CPCCTL_CA_FILE' -r -F
complete -c cpcctl -n "__fish_cpcctl_using_subcommand node; and __fish_seen_subcommand_from label" -l tls-pin -d 'The public key that the server must have over https, as `cpcd tls show` prints it; also CPCCTL_TLS_PIN' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand node; and __fish_seen_subcommand_from label" -l context -d 'The context to use: a server and who one is there; also CPCCTL_CONTEXT [default: the one that `context use` chose, else default]' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand node; and __fish_seen_subcommand_from label" -l token-file -d 'Read the access token from a file, - for stdin; CPCCTL_TOKEN holds the token itself' -r -F
complete -c cpcctl -n "__fish_cpcctl_using_subcommand node; and __fish_seen_subcommand_from label" -s o -l output -d 'How data is written' -r -f -a "table\t'Columns for people'
json\t'One JSON value; a list is one array'
ndjson\t'One JSON value a line'
name\t'Names or ids alone, one a line'"
complete -c cpcctl -n "__fish_cpcctl_using_subcommand node; and __fish_seen_subcommand_from label" -l timeout -d 'How long an answer may take: 500ms, 2s, 1m' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand node; and __fish_seen_subcommand_from label" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR or TERM=dumb says otherwise'
always\t'Everywhere'
never\t'Nowhere'"
complete -c cpcctl -n "__fish_cpcctl_using_subcommand node; and __fish_seen_subcommand_from label" -l progress -d 'How to show progress' -r -f -a "auto\t'A bar on a terminal, plain lines elsewhere, nothing with --quiet'
bar\t'A bar'
plain\t'A line with the time every few seconds'
json\t'A JSON object a line'
none\t'Nothing'"
complete -c cpcctl -n "__fish_cpcctl_using_subcommand node; and __fish_seen_subcommand_from label" -l width -d 'Fit columns to so many characters, even in a pipe' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand node; and __fish_seen_subcommand_from label" -l granted -d 'Change what the node is granted, in place of what it says of itself'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand node; and __fish_seen_subcommand_from label" -l local -d 'Speak to the daemon on this machine through its Unix socket, as its administrator'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand node; and __fish_seen_subcommand_from label" -s q -l quiet -d 'No notes and no progress on stderr'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand node; and __fish_seen_subcommand_from label" -s y -l yes -d 'Answer yes to every question'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand node; and __fish_seen_subcommand_from label" -l dry-run -d 'Check, show what would be sent to the server to change something, and do not send it'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand node; and __fish_seen_subcommand_from label" -l no-headers -d 'No titles above the columns'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand node; and __fish_seen_subcommand_from label" -l no-trunc -d 'Do not cut columns to the width of the terminal'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand node; and __fish_seen_subcommand_from label" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand node; and __fish_seen_subcommand_from cordon" -l endpoint -d 'Where cpcd listens: https://HOST:PORT, http://HOST:PORT or unix:///PATH; also CPCCTL_ENDPOINT [default: that of the context, else http://127.0.0.1:50051]' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand node; and __fish_seen_subcommand_from cordon" -l socket -d 'The socket for --local; also CPCCTL_SOCKET [default: cpcd.sock in cpcd\'s data directory]' -r -F
complete -c cpcctl -n "__fish_cpcctl_using_subcommand node; and __fish_seen_subcommand_from cordon" -l ca-file -d 'Certificates (PEM) of the authorities to believe over https, in place of the system\'s; also CPCCTL_CA_FILE' -r -F
complete -c cpcctl -n "__fish_cpcctl_using_subcommand node; and __fish_seen_subcommand_from cordon" -l tls-pin -d 'The public key that the server must have over https, as `cpcd tls show` prints it; also CPCCTL_TLS_PIN' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand node; and __fish_seen_subcommand_from cordon" -l context -d 'The context to use: a server and who one is there; also CPCCTL_CONTEXT [default: the one that `context use` chose, else default]' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand node; and __fish_seen_subcommand_from cordon" -l token-file -d 'Read the access token from a file, - for stdin; CPCCTL_TOKEN holds the token itself' -r -F
complete -c cpcctl -n "__fish_cpcctl_using_subcommand node; and __fish_seen_subcommand_from cordon" -s o -l output -d 'How data is written' -r -f -a "table\t'Columns for people'
json\t'One JSON value; a list is one array'
ndjson\t'One JSON value a line'
name\t'Names or ids alone, one a line'"
complete -c cpcctl -n "__fish_cpcctl_using_subcommand node; and __fish_seen_subcommand_from cordon" -l timeout -d 'How long an answer may take: 500ms, 2s, 1m' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand node; and __fish_seen_subcommand_from cordon" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR or TERM=dumb says otherwise'
always\t'Everywhere'
never\t'Nowhere'"
complete -c cpcctl -n "__fish_cpcctl_using_subcommand node; and __fish_seen_subcommand_from cordon" -l progress -d 'How to show progress' -r -f -a "auto\t'A bar on a terminal, plain lines elsewhere, nothing with --quiet'
bar\t'A bar'
plain\t'A line with the time every few seconds'
json\t'A JSON object a line'
none\t'Nothing'"
complete -c cpcctl -n "__fish_cpcctl_using_subcommand node; and __fish_seen_subcommand_from cordon" -l width -d 'Fit columns to so many characters, even in a pipe' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand node; and __fish_seen_subcommand_from cordon" -l local -d 'Speak to the daemon on this machine through its Unix socket, as its administrator'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand node; and __fish_seen_subcommand_from cordon" -s q -l quiet -d 'No notes and no progress on stderr'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand node; and __fish_seen_subcommand_from cordon" -s y -l yes -d 'Answer yes to every question'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand node; and __fish_seen_subcommand_from cordon" -l dry-run -d 'Check, show what would be sent to the server to change something, and do not send it'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand node; and __fish_seen_subcommand_from cordon" -l no-headers -d 'No titles above the columns'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand node; and __fish_seen_subcommand_from cordon" -l no-trunc -d 'Do not cut columns to the width of the terminal'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand node; and __fish_seen_subcommand_from cordon" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand node; and __fish_seen_subcommand_from uncordon" -l endpoint -d 'Where cpcd listens: https://HOST:PORT, http://HOST:PORT or unix:///PATH; also CPCCTL_ENDPOINT [default: that of the context, else http://127.0.0.1:50051]' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand node; and __fish_seen_subcommand_from uncordon" -l socket -d 'The socket for --local; also CPCCTL_SOCKET [default: cpcd.sock in cpcd\'s data directory]' -r -F
complete -c cpcctl -n "__fish_cpcctl_using_subcommand node; and __fish_seen_subcommand_from uncordon" -l ca-file -d 'Certificates (PEM) of the authorities to believe over https, in place of the system\'s; also CPCCTL_CA_FILE' -r -F
complete -c cpcctl -n "__fish_cpcctl_using_subcommand node; and __fish_seen_subcommand_from uncordon" -l tls-pin -d 'The public key that the server must have over https, as `cpcd tls show` prints it; also CPCCTL_TLS_PIN' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand node; and __fish_seen_subcommand_from uncordon" -l context -d 'The context to use: a server and who one is there; also CPCCTL_CONTEXT [default: the one that `context use` chose, else default]' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand node; and __fish_seen_subcommand_from uncordon" -l token-file -d 'Read the access token from a file, - for stdin; CPCCTL_TOKEN holds the token itself' -r -F
complete -c cpcctl -n "__fish_cpcctl_using_subcommand node; and __fish_seen_subcommand_from uncordon" -s o -l output -d 'How data is written' -r -f -a "table\t'Columns for people'
json\t'One JSON value; a list is one array'
ndjson\t'One JSON value a line'
name\t'Names or ids alone, one a line'"
complete -c cpcctl -n "__fish_cpcctl_using_subcommand node; and __fish_seen_subcommand_from uncordon" -l timeout -d 'How long an answer may take: 500ms, 2s, 1m' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand node; and __fish_seen_subcommand_from uncordon" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR or TERM=dumb says otherwise'
always\t'Everywhere'
never\t'Nowhere'"
complete -c cpcctl -n "__fish_cpcctl_using_subcommand node; and __fish_seen_subcommand_from uncordon" -l progress -d 'How to show progress' -r -f -a "auto\t'A bar on a terminal, plain lines elsewhere, nothing with --quiet'
bar\t'A bar'
plain\t'A line with the time every few seconds'
json\t'A JSON object a line'
none\t'Nothing'"
complete -c cpcctl -n "__fish_cpcctl_using_subcommand node; and __fish_seen_subcommand_from uncordon" -l width -d 'Fit columns to so many characters, even in a pipe' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand node; and __fish_seen_subcommand_from uncordon" -l local -d 'Speak to the daemon on this machine through its Unix socket, as its administrator'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand node; and __fish_seen_subcommand_from uncordon" -s q -l quiet -d 'No notes and no progress on stderr'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand node; and __fish_seen_subcommand_from uncordon" -s y -l yes -d 'Answer yes to every question'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand node; and __fish_seen_subcommand_from uncordon" -l dry-run -d 'Check, show what would be sent to the server to change something, and do not send it'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand node; and __fish_seen_subcommand_from uncordon" -l no-headers -d 'No titles above the columns'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand node; and __fish_seen_subcommand_from uncordon" -l no-trunc -d 'Do not cut columns to the width of the terminal'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand node; and __fish_seen_subcommand_from uncordon" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand node; and __fish_seen_subcommand_from drain" -l endpoint -d 'Where cpcd listens: https://HOST:PORT, http://HOST:PORT or unix:///PATH; also CPCCTL_ENDPOINT [default: that of the context, else http://127.0.0.1:50051]' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand node; and __fish_seen_subcommand_from drain" -l socket -d 'The socket for --local; also CPCCTL_SOCKET [default: cpcd.sock in cpcd\'s data directory]' -r -F
complete -c cpcctl -n "__fish_cpcctl_using_subcommand node; and __fish_seen_subcommand_from drain" -l ca-file -d 'Certificates (PEM) of the authorities to believe over https, in place of the system\'s; also CPCCTL_CA_FILE' -r -F
complete -c cpcctl -n "__fish_cpcctl_using_subcommand node; and __fish_seen_subcommand_from drain" -l tls-pin -d 'The public key that the server must have over https, as `cpcd tls show` prints it; also CPCCTL_TLS_PIN' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand node; and __fish_seen_subcommand_from drain" -l context -d 'The context to use: a server and who one is there; also CPCCTL_CONTEXT [default: the one that `context use` chose, else default]' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand node; and __fish_seen_subcommand_from drain" -l token-file -d 'Read the access token from a file, - for stdin; CPCCTL_TOKEN holds the token itself' -r -F
complete -c cpcctl -n "__fish_cpcctl_using_subcommand node; and __fish_seen_subcommand_from drain" -s o -l output -d 'How data is written' -r -f -a "table\t'Columns for people'
json\t'One JSON value; a list is one array'
ndjson\t'One JSON value a line'
name\t'Names or ids alone, one a line'"
complete -c cpcctl -n "__fish_cpcctl_using_subcommand node; and __fish_seen_subcommand_from drain" -l timeout -d 'How long an answer may take: 500ms, 2s, 1m' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand node; and __fish_seen_subcommand_from drain" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR or TERM=dumb says otherwise'
always\t'Everywhere'
never\t'Nowhere'"
complete -c cpcctl -n "__fish_cpcctl_using_subcommand node; and __fish_seen_subcommand_from drain" -l progress -d 'How to show progress' -r -f -a "auto\t'A bar on a terminal, plain lines elsewhere, nothing with --quiet'
bar\t'A bar'
plain\t'A line with the time every few seconds'
json\t'A JSON object a line'
none\t'Nothing'"
complete -c cpcctl -n "__fish_cpcctl_using_subcommand node; and __fish_seen_subcommand_from drain" -l width -d 'Fit columns to so many characters, even in a pipe' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand node; and __fish_seen_subcommand_from drain" -l wait -d 'Wait until they have nothing left, for as long as --timeout says'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand node; and __fish_seen_subcommand_from drain" -l local -d 'Speak to the daemon on this machine through its Unix socket, as its administrator'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand node; and __fish_seen_subcommand_from drain" -s q -l quiet -d 'No notes and no progress on stderr'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand node; and __fish_seen_subcommand_from drain" -s y -l yes -d 'Answer yes to every question'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand node; and __fish_seen_subcommand_from drain" -l dry-run -d 'Check, show what would be sent to the server to change something, and do not send it'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand node; and __fish_seen_subcommand_from drain" -l no-headers -d 'No titles above the columns'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand node; and __fish_seen_subcommand_from drain" -l no-trunc -d 'Do not cut columns to the width of the terminal'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand node; and __fish_seen_subcommand_from drain" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand node; and __fish_seen_subcommand_from approve" -l label -d 'A label that they are granted' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand node; and __fish_seen_subcommand_from approve" -l realm -d 'Their realm' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand node; and __fish_seen_subcommand_from approve" -l owner -d 'The user whom they belong to from now on: a name, an id, or me' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand node; and __fish_seen_subcommand_from approve" -l endpoint -d 'Where cpcd listens: https://HOST:PORT, http://HOST:PORT or unix:///PATH; also CPCCTL_ENDPOINT [default: that of the context, else http://127.0.0.1:50051]' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand node; and __fish_seen_subcommand_from approve" -l socket -d 'The socket for --local; also CPCCTL_SOCKET [default: cpcd.sock in cpcd\'s data directory]' -r -F
complete -c cpcctl -n "__fish_cpcctl_using_subcommand node; and __fish_seen_subcommand_from approve" -l ca-file -d 'Certificates (PEM) of the authorities to believe over https, in place of the system\'s; also CPCCTL_CA_FILE' -r -F
complete -c cpcctl -n "__fish_cpcctl_using_subcommand node; and __fish_seen_subcommand_from approve" -l tls-pin -d 'The public key that the server must have over https, as `cpcd tls show` prints it; also CPCCTL_TLS_PIN' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand node; and __fish_seen_subcommand_from approve" -l context -d 'The context to use: a server and who one is there; also CPCCTL_CONTEXT [default: the one that `context use` chose, else default]' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand node; and __fish_seen_subcommand_from approve" -l token-file -d 'Read the access token from a file, - for stdin; CPCCTL_TOKEN holds the token itself' -r -F
complete -c cpcctl -n "__fish_cpcctl_using_subcommand node; and __fish_seen_subcommand_from approve" -s o -l output -d 'How data is written' -r -f -a "table\t'Columns for people'
json\t'One JSON value; a list is one array'
ndjson\t'One JSON value a line'
name\t'Names or ids alone, one a line'"
complete -c cpcctl -n "__fish_cpcctl_using_subcommand node; and __fish_seen_subcommand_from approve" -l timeout -d 'How long an answer may take: 500ms, 2s, 1m' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand node; and __fish_seen_subcommand_from approve" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR or TERM=dumb says otherwise'
always\t'Everywhere'
never\t'Nowhere'"
complete -c cpcctl -n "__fish_cpcctl_using_subcommand node; and __fish_seen_subcommand_from approve" -l progress -d 'How to show progress' -r -f -a "auto\t'A bar on a terminal, plain lines elsewhere, nothing with --quiet'
bar\t'A bar'
plain\t'A line with the time every few seconds'
json\t'A JSON object a line'
none\t'Nothing'"
complete -c cpcctl -n "__fish_cpcctl_using_subcommand node; and __fish_seen_subcommand_from approve" -l width -d 'Fit columns to so many characters, even in a pipe' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand node; and __fish_seen_subcommand_from approve" -l local -d 'Speak to the daemon on this machine through its Unix socket, as its administrator'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand node; and __fish_seen_subcommand_from approve" -s q -l quiet -d 'No notes and no progress on stderr'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand node; and __fish_seen_subcommand_from approve" -s y -l yes -d 'Answer yes to every question'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand node; and __fish_seen_subcommand_from approve" -l dry-run -d 'Check, show what would be sent to the server to change something, and do not send it'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand node; and __fish_seen_subcommand_from approve" -l no-headers -d 'No titles above the columns'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand node; and __fish_seen_subcommand_from approve" -l no-trunc -d 'Do not cut columns to the width of the terminal'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand node; and __fish_seen_subcommand_from approve" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand node; and __fish_seen_subcommand_from expire" -l endpoint -d 'Where cpcd listens: https://HOST:PORT, http://HOST:PORT or unix:///PATH; also CPCCTL_ENDPOINT [default: that of the context, else http://127.0.0.1:50051]' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand node; and __fish_seen_subcommand_from expire" -l socket -d 'The socket for --local; also CPCCTL_SOCKET [default: cpcd.sock in cpcd\'s data directory]' -r -F
complete -c cpcctl -n "__fish_cpcctl_using_subcommand node; and __fish_seen_subcommand_from expire" -l ca-file -d 'Certificates (PEM) of the authorities to believe over https, in place of the system\'s; also CPCCTL_CA_FILE' -r -F
complete -c cpcctl -n "__fish_cpcctl_using_subcommand node; and __fish_seen_subcommand_from expire" -l tls-pin -d 'The public key that the server must have over https, as `cpcd tls show` prints it; also CPCCTL_TLS_PIN' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand node; and __fish_seen_subcommand_from expire" -l context -d 'The context to use: a server and who one is there; also CPCCTL_CONTEXT [default: the one that `context use` chose, else default]' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand node; and __fish_seen_subcommand_from expire" -l token-file -d 'Read the access token from a file, - for stdin; CPCCTL_TOKEN holds the token itself' -r -F
complete -c cpcctl -n "__fish_cpcctl_using_subcommand node; and __fish_seen_subcommand_from expire" -s o -l output -d 'How data is written' -r -f -a "table\t'Columns for people'
json\t'One JSON value; a list is one array'
ndjson\t'One JSON value a line'
name\t'Names or ids alone, one a line'"
complete -c cpcctl -n "__fish_cpcctl_using_subcommand node; and __fish_seen_subcommand_from expire" -l timeout -d 'How long an answer may take: 500ms, 2s, 1m' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand node; and __fish_seen_subcommand_from expire" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR or TERM=dumb says otherwise'
always\t'Everywhere'
never\t'Nowhere'"
complete -c cpcctl -n "__fish_cpcctl_using_subcommand node; and __fish_seen_subcommand_from expire" -l progress -d 'How to show progress' -r -f -a "auto\t'A bar on a terminal, plain lines elsewhere, nothing with --quiet'
bar\t'A bar'
plain\t'A line with the time every few seconds'
json\t'A JSON object a line'
none\t'Nothing'"
complete -c cpcctl -n "__fish_cpcctl_using_subcommand node; and __fish_seen_subcommand_from expire" -l width -d 'Fit columns to so many characters, even in a pipe' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand node; and __fish_seen_subcommand_from expire" -l local -d 'Speak to the daemon on this machine through its Unix socket, as its administrator'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand node; and __fish_seen_subcommand_from expire" -s q -l quiet -d 'No notes and no progress on stderr'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand node; and __fish_seen_subcommand_from expire" -s y -l yes -d 'Answer yes to every question'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand node; and __fish_seen_subcommand_from expire" -l dry-run -d 'Check, show what would be sent to the server to change something, and do not send it'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand node; and __fish_seen_subcommand_from expire" -l no-headers -d 'No titles above the columns'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand node; and __fish_seen_subcommand_from expire" -l no-trunc -d 'Do not cut columns to the width of the terminal'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand node; and __fish_seen_subcommand_from expire" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand node; and __fish_seen_subcommand_from delete" -l endpoint -d 'Where cpcd listens: https://HOST:PORT, http://HOST:PORT or unix:///PATH; also CPCCTL_ENDPOINT [default: that of the context, else http://127.0.0.1:50051]' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand node; and __fish_seen_subcommand_from delete" -l socket -d 'The socket for --local; also CPCCTL_SOCKET [default: cpcd.sock in cpcd\'s data directory]' -r -F
complete -c cpcctl -n "__fish_cpcctl_using_subcommand node; and __fish_seen_subcommand_from delete" -l ca-file -d 'Certificates (PEM) of the authorities to believe over https, in place of the system\'s; also CPCCTL_CA_FILE' -r -F
complete -c cpcctl -n "__fish_cpcctl_using_subcommand node; and __fish_seen_subcommand_from delete" -l tls-pin -d 'The public key that the server must have over https, as `cpcd tls show` prints it; also CPCCTL_TLS_PIN' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand node; and __fish_seen_subcommand_from delete" -l context -d 'The context to use: a server and who one is there; also CPCCTL_CONTEXT [default: the one that `context use` chose, else default]' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand node; and __fish_seen_subcommand_from delete" -l token-file -d 'Read the access token from a file, - for stdin; CPCCTL_TOKEN holds the token itself' -r -F
complete -c cpcctl -n "__fish_cpcctl_using_subcommand node; and __fish_seen_subcommand_from delete" -s o -l output -d 'How data is written' -r -f -a "table\t'Columns for people'
json\t'One JSON value; a list is one array'
ndjson\t'One JSON value a line'
name\t'Names or ids alone, one a line'"
complete -c cpcctl -n "__fish_cpcctl_using_subcommand node; and __fish_seen_subcommand_from delete" -l timeout -d 'How long an answer may take: 500ms, 2s, 1m' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand node; and __fish_seen_subcommand_from delete" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR or TERM=dumb says otherwise'
always\t'Everywhere'
never\t'Nowhere'"
complete -c cpcctl -n "__fish_cpcctl_using_subcommand node; and __fish_seen_subcommand_from delete" -l progress -d 'How to show progress' -r -f -a "auto\t'A bar on a terminal, plain lines elsewhere, nothing with --quiet'
bar\t'A bar'
plain\t'A line with the time every few seconds'
json\t'A JSON object a line'
none\t'Nothing'"
complete -c cpcctl -n "__fish_cpcctl_using_subcommand node; and __fish_seen_subcommand_from delete" -l width -d 'Fit columns to so many characters, even in a pipe' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand node; and __fish_seen_subcommand_from delete" -l local -d 'Speak to the daemon on this machine through its Unix socket, as its administrator'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand node; and __fish_seen_subcommand_from delete" -s q -l quiet -d 'No notes and no progress on stderr'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand node; and __fish_seen_subcommand_from delete" -s y -l yes -d 'Answer yes to every question'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand node; and __fish_seen_subcommand_from delete" -l dry-run -d 'Check, show what would be sent to the server to change something, and do not send it'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand node; and __fish_seen_subcommand_from delete" -l no-headers -d 'No titles above the columns'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand node; and __fish_seen_subcommand_from delete" -l no-trunc -d 'Do not cut columns to the width of the terminal'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand node; and __fish_seen_subcommand_from delete" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand node; and __fish_seen_subcommand_from reset-seq" -l endpoint -d 'Where cpcd listens: https://HOST:PORT, http://HOST:PORT or unix:///PATH; also CPCCTL_ENDPOINT [default: that of the context, else http://127.0.0.1:50051]' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand node; and __fish_seen_subcommand_from reset-seq" -l socket -d 'The socket for --local; also CPCCTL_SOCKET [default: cpcd.sock in cpcd\'s data directory]' -r -F
complete -c cpcctl -n "__fish_cpcctl_using_subcommand node; and __fish_seen_subcommand_from reset-seq" -l ca-file -d 'Certificates (PEM) of the authorities to believe over https, in place of the system\'s; also CPCCTL_CA_FILE' -r -F
complete -c cpcctl -n "__fish_cpcctl_using_subcommand node; and __fish_seen_subcommand_from reset-seq" -l tls-pin -d 'The public key that the server must have over https, as `cpcd tls show` prints it; also CPCCTL_TLS_PIN' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand node; and __fish_seen_subcommand_from reset-seq" -l context -d 'The context to use: a server and who one is there; also CPCCTL_CONTEXT [default: the one that `context use` chose, else default]' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand node; and __fish_seen_subcommand_from reset-seq" -l token-file -d 'Read the access token from a file, - for stdin; CPCCTL_TOKEN holds the token itself' -r -F
complete -c cpcctl -n "__fish_cpcctl_using_subcommand node; and __fish_seen_subcommand_from reset-seq" -s o -l output -d 'How data is written' -r -f -a "table\t'Columns for people'
json\t'One JSON value; a list is one array'
ndjson\t'One JSON value a line'
name\t'Names or ids alone, one a line'"
complete -c cpcctl -n "__fish_cpcctl_using_subcommand node; and __fish_seen_subcommand_from reset-seq" -l timeout -d 'How long an answer may take: 500ms, 2s, 1m' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand node; and __fish_seen_subcommand_from reset-seq" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR or TERM=dumb says otherwise'
always\t'Everywhere'
never\t'Nowhere'"
complete -c cpcctl -n "__fish_cpcctl_using_subcommand node; and __fish_seen_subcommand_from reset-seq" -l progress -d 'How to show progress' -r -f -a "auto\t'A bar on a terminal, plain lines elsewhere, nothing with --quiet'
bar\t'A bar'
plain\t'A line with the time every few seconds'
json\t'A JSON object a line'
none\t'Nothing'"
complete -c cpcctl -n "__fish_cpcctl_using_subcommand node; and __fish_seen_subcommand_from reset-seq" -l width -d 'Fit columns to so many characters, even in a pipe' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand node; and __fish_seen_subcommand_from reset-seq" -l local -d 'Speak to the daemon on this machine through its Unix socket, as its administrator'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand node; and __fish_seen_subcommand_from reset-seq" -s q -l quiet -d 'No notes and no progress on stderr'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand node; and __fish_seen_subcommand_from reset-seq" -s y -l yes -d 'Answer yes to every question'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand node; and __fish_seen_subcommand_from reset-seq" -l dry-run -d 'Check, show what would be sent to the server to change something, and do not send it'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand node; and __fish_seen_subcommand_from reset-seq" -l no-headers -d 'No titles above the columns'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand node; and __fish_seen_subcommand_from reset-seq" -l no-trunc -d 'Do not cut columns to the width of the terminal'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand node; and __fish_seen_subcommand_from reset-seq" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand allocation; and not __fish_seen_subcommand_from request list show watch renew release verify" -l endpoint -d 'Where cpcd listens: https://HOST:PORT, http://HOST:PORT or unix:///PATH; also CPCCTL_ENDPOINT [default: that of the context, else http://127.0.0.1:50051]' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand allocation; and not __fish_seen_subcommand_from request list show watch renew release verify" -l socket -d 'The socket for --local; also CPCCTL_SOCKET [default: cpcd.sock in cpcd\'s data directory]' -r -F
complete -c cpcctl -n "__fish_cpcctl_using_subcommand allocation; and not __fish_seen_subcommand_from request list show watch renew release verify" -l ca-file -d 'Certificates (PEM) of the authorities to believe over https, in place of the system\'s; also CPCCTL_CA_FILE' -r -F
complete -c cpcctl -n "__fish_cpcctl_using_subcommand allocation; and not __fish_seen_subcommand_from request list show watch renew release verify" -l tls-pin -d 'The public key that the server must have over https, as `cpcd tls show` prints it; also CPCCTL_TLS_PIN' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand allocation; and not __fish_seen_subcommand_from request list show watch renew release verify" -l context -d 'The context to use: a server and who one is there; also CPCCTL_CONTEXT [default: the one that `context use` chose, else default]' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand allocation; and not __fish_seen_subcommand_from request list show watch renew release verify" -l token-file -d 'Read the access token from a file, - for stdin; CPCCTL_TOKEN holds the token itself' -r -F
complete -c cpcctl -n "__fish_cpcctl_using_subcommand allocation; and not __fish_seen_subcommand_from request list show watch renew release verify" -s o -l output -d 'How data is written' -r -f -a "table\t'Columns for people'
json\t'One JSON value; a list is one array'
ndjson\t'One JSON value a line'
name\t'Names or ids alone, one a line'"
complete -c cpcctl -n "__fish_cpcctl_using_subcommand allocation; and not __fish_seen_subcommand_from request list show watch renew release verify" -l timeout -d 'How long an answer may take: 500ms, 2s, 1m' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand allocation; and not __fish_seen_subcommand_from request list show watch renew release verify" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR or TERM=dumb says otherwise'
always\t'Everywhere'
never\t'Nowhere'"
complete -c cpcctl -n "__fish_cpcctl_using_subcommand allocation; and not __fish_seen_subcommand_from request list show watch renew release verify" -l progress -d 'How to show progress' -r -f -a "auto\t'A bar on a terminal, plain lines elsewhere, nothing with --quiet'
bar\t'A bar'
plain\t'A line with the time every few seconds'
json\t'A JSON object a line'
none\t'Nothing'"
complete -c cpcctl -n "__fish_cpcctl_using_subcommand allocation; and not __fish_seen_subcommand_from request list show watch renew release verify" -l width -d 'Fit columns to so many characters, even in a pipe' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand allocation; and not __fish_seen_subcommand_from request list show watch renew release verify" -l local -d 'Speak to the daemon on this machine through its Unix socket, as its administrator'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand allocation; and not __fish_seen_subcommand_from request list show watch renew release verify" -s q -l quiet -d 'No notes and no progress on stderr'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand allocation; and not __fish_seen_subcommand_from request list show watch renew release verify" -s y -l yes -d 'Answer yes to every question'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand allocation; and not __fish_seen_subcommand_from request list show watch renew release verify" -l dry-run -d 'Check, show what would be sent to the server to change something, and do not send it'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand allocation; and not __fish_seen_subcommand_from request list show watch renew release verify" -l no-headers -d 'No titles above the columns'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand allocation; and not __fish_seen_subcommand_from request list show watch renew release verify" -l no-trunc -d 'Do not cut columns to the width of the terminal'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand allocation; and not __fish_seen_subcommand_from request list show watch renew release verify" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand allocation; and not __fish_seen_subcommand_from request list show watch renew release verify" -f -a "request" -d 'Leases resources of one node or of several, all or none'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand allocation; and not __fish_seen_subcommand_from request list show watch renew release verify" -f -a "list" -d 'Lists allocations, newest first'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand allocation; and not __fish_seen_subcommand_from request list show watch renew release verify" -f -a "show" -d 'Shows an allocation: where its parts are, how long it lasts, and its epoch'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand allocation; and not __fish_seen_subcommand_from request list show watch renew release verify" -f -a "watch" -d 'Follows changes of allocations as they happen'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand allocation; and not __fish_seen_subcommand_from request list show watch renew release verify" -f -a "renew" -d 'Puts the deadline of allocations off'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand allocation; and not __fish_seen_subcommand_from request list show watch renew release verify" -f -a "release" -d 'Gives allocations back before their deadline'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand allocation; and not __fish_seen_subcommand_from request list show watch renew release verify" -f -a "verify" -d 'Checks tickets without the server: who signed them, for which node, for how much, and until when'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand allocation; and __fish_seen_subcommand_from request" -l cpu -d 'Processor of each node: cores, as in 2 or 0.5, or thousandths of one, as in 500m' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand allocation; and __fish_seen_subcommand_from request" -l memory -d 'Memory of each node, as in 512MiB or 2GB' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand allocation; and __fish_seen_subcommand_from request" -l bandwidth -d 'Bandwidth of each node, as in 100Mbit' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand allocation; and __fish_seen_subcommand_from request" -l node-label -d 'Only on nodes with this label' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand allocation; and __fish_seen_subcommand_from request" -l region -d 'Only on nodes whose label region says this' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand allocation; and __fish_seen_subcommand_from request" -l realm -d 'Only on nodes of this realm' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand allocation; and __fish_seen_subcommand_from request" -l node -d 'Only on this node; several times for several' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand allocation; and __fish_seen_subcommand_from request" -l exclude -d 'Not on this node' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand allocation; and __fish_seen_subcommand_from request" -l with -d 'On a node that provides for this allocation' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand allocation; and __fish_seen_subcommand_from request" -l apart-from -d 'On no node that provides for this allocation' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand allocation; and __fish_seen_subcommand_from request" -l spread-over -d 'On nodes with as many different values of this label as there are' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand allocation; and __fish_seen_subcommand_from request" -l nodes -d 'On so many nodes, no two parts on the same one; all are granted or none' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand allocation; and __fish_seen_subcommand_from request" -l label -d 'What the allocation is called by in lists and permissions' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand allocation; and __fish_seen_subcommand_from request" -l ttl -d 'How long until the deadline, and how much a renewal puts it off: 90s, 10m, 12h [default: the server\'s]' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand allocation; and __fish_seen_subcommand_from request" -l request-id -d 'A name for the request: the same again has the same answer, and leases nothing more [default: a random one]' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand allocation; and __fish_seen_subcommand_from request" -l ticket-file -d 'Where to write the tickets that prove the lease to the nodes: one a line, readable by you alone' -r -F
complete -c cpcctl -n "__fish_cpcctl_using_subcommand allocation; and __fish_seen_subcommand_from request" -l endpoint -d 'Where cpcd listens: https://HOST:PORT, http://HOST:PORT or unix:///PATH; also CPCCTL_ENDPOINT [default: that of the context, else http://127.0.0.1:50051]' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand allocation; and __fish_seen_subcommand_from request" -l socket -d 'The socket for --local; also CPCCTL_SOCKET [default: cpcd.sock in cpcd\'s data directory]' -r -F
complete -c cpcctl -n "__fish_cpcctl_using_subcommand allocation; and __fish_seen_subcommand_from request" -l ca-file -d 'Certificates (PEM) of the authorities to believe over https, in place of the system\'s; also CPCCTL_CA_FILE' -r -F
complete -c cpcctl -n "__fish_cpcctl_using_subcommand allocation; and __fish_seen_subcommand_from request" -l tls-pin -d 'The public key that the server must have over https, as `cpcd tls show` prints it; also CPCCTL_TLS_PIN' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand allocation; and __fish_seen_subcommand_from request" -l context -d 'The context to use: a server and who one is there; also CPCCTL_CONTEXT [default: the one that `context use` chose, else default]' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand allocation; and __fish_seen_subcommand_from request" -l token-file -d 'Read the access token from a file, - for stdin; CPCCTL_TOKEN holds the token itself' -r -F
complete -c cpcctl -n "__fish_cpcctl_using_subcommand allocation; and __fish_seen_subcommand_from request" -s o -l output -d 'How data is written' -r -f -a "table\t'Columns for people'
json\t'One JSON value; a list is one array'
ndjson\t'One JSON value a line'
name\t'Names or ids alone, one a line'"
complete -c cpcctl -n "__fish_cpcctl_using_subcommand allocation; and __fish_seen_subcommand_from request" -l timeout -d 'How long an answer may take: 500ms, 2s, 1m' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand allocation; and __fish_seen_subcommand_from request" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR or TERM=dumb says otherwise'
always\t'Everywhere'
never\t'Nowhere'"
complete -c cpcctl -n "__fish_cpcctl_using_subcommand allocation; and __fish_seen_subcommand_from request" -l progress -d 'How to show progress' -r -f -a "auto\t'A bar on a terminal, plain lines elsewhere, nothing with --quiet'
bar\t'A bar'
plain\t'A line with the time every few seconds'
json\t'A JSON object a line'
none\t'Nothing'"
complete -c cpcctl -n "__fish_cpcctl_using_subcommand allocation; and __fish_seen_subcommand_from request" -l width -d 'Fit columns to so many characters, even in a pipe' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand allocation; and __fish_seen_subcommand_from request" -l binpack -d 'Fill nodes that have little room left, rather than those that have most'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand allocation; and __fish_seen_subcommand_from request" -l exclusive -d 'Never on two nodes at once: where one is lost, the next follows only after the old deadline and 5 s'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand allocation; and __fish_seen_subcommand_from request" -l may-wait -d 'Be pending rather than refused where there is no room now'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand allocation; and __fish_seen_subcommand_from request" -l wait -d 'Return only once each part has a node, for as long as --timeout says; says --may-wait too'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand allocation; and __fish_seen_subcommand_from request" -l local -d 'Speak to the daemon on this machine through its Unix socket, as its administrator'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand allocation; and __fish_seen_subcommand_from request" -s q -l quiet -d 'No notes and no progress on stderr'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand allocation; and __fish_seen_subcommand_from request" -s y -l yes -d 'Answer yes to every question'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand allocation; and __fish_seen_subcommand_from request" -l dry-run -d 'Check, show what would be sent to the server to change something, and do not send it'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand allocation; and __fish_seen_subcommand_from request" -l no-headers -d 'No titles above the columns'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand allocation; and __fish_seen_subcommand_from request" -l no-trunc -d 'Do not cut columns to the width of the terminal'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand allocation; and __fish_seen_subcommand_from request" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand allocation; and __fish_seen_subcommand_from list" -l state -d 'Only those that are so far' -r -f -a "pending\t'A part of it has no node'
active\t'Each part has a node'
released\t'Given back'
expired\t'Not renewed in time'"
complete -c cpcctl -n "__fish_cpcctl_using_subcommand allocation; and __fish_seen_subcommand_from list" -l owner -d 'Only those of this user: a name, an id, or me' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand allocation; and __fish_seen_subcommand_from list" -l node -d 'Only those that this node provides for' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand allocation; and __fish_seen_subcommand_from list" -l label -d 'Only those with this label' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand allocation; and __fish_seen_subcommand_from list" -l limit -d 'At most so many; 0 for all' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand allocation; and __fish_seen_subcommand_from list" -l page-token -d 'Go on where a page ended' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand allocation; and __fish_seen_subcommand_from list" -l endpoint -d 'Where cpcd listens: https://HOST:PORT, http://HOST:PORT or unix:///PATH; also CPCCTL_ENDPOINT [default: that of the context, else http://127.0.0.1:50051]' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand allocation; and __fish_seen_subcommand_from list" -l socket -d 'The socket for --local; also CPCCTL_SOCKET [default: cpcd.sock in cpcd\'s data directory]' -r -F
complete -c cpcctl -n "__fish_cpcctl_using_subcommand allocation; and __fish_seen_subcommand_from list" -l ca-file -d 'Certificates (PEM) of the authorities to believe over https, in place of the system\'s; also CPCCTL_CA_FILE' -r -F
complete -c cpcctl -n "__fish_cpcctl_using_subcommand allocation; and __fish_seen_subcommand_from list" -l tls-pin -d 'The public key that the server must have over https, as `cpcd tls show` prints it; also CPCCTL_TLS_PIN' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand allocation; and __fish_seen_subcommand_from list" -l context -d 'The context to use: a server and who one is there; also CPCCTL_CONTEXT [default: the one that `context use` chose, else default]' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand allocation; and __fish_seen_subcommand_from list" -l token-file -d 'Read the access token from a file, - for stdin; CPCCTL_TOKEN holds the token itself' -r -F
complete -c cpcctl -n "__fish_cpcctl_using_subcommand allocation; and __fish_seen_subcommand_from list" -s o -l output -d 'How data is written' -r -f -a "table\t'Columns for people'
json\t'One JSON value; a list is one array'
ndjson\t'One JSON value a line'
name\t'Names or ids alone, one a line'"
complete -c cpcctl -n "__fish_cpcctl_using_subcommand allocation; and __fish_seen_subcommand_from list" -l timeout -d 'How long an answer may take: 500ms, 2s, 1m' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand allocation; and __fish_seen_subcommand_from list" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR or TERM=dumb says otherwise'
always\t'Everywhere'
never\t'Nowhere'"
complete -c cpcctl -n "__fish_cpcctl_using_subcommand allocation; and __fish_seen_subcommand_from list" -l progress -d 'How to show progress' -r -f -a "auto\t'A bar on a terminal, plain lines elsewhere, nothing with --quiet'
bar\t'A bar'
plain\t'A line with the time every few seconds'
json\t'A JSON object a line'
none\t'Nothing'"
complete -c cpcctl -n "__fish_cpcctl_using_subcommand allocation; and __fish_seen_subcommand_from list" -l width -d 'Fit columns to so many characters, even in a pipe' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand allocation; and __fish_seen_subcommand_from list" -s a -l all -d 'Those that are over, too, for as long as the server keeps them'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand allocation; and __fish_seen_subcommand_from list" -l local -d 'Speak to the daemon on this machine through its Unix socket, as its administrator'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand allocation; and __fish_seen_subcommand_from list" -s q -l quiet -d 'No notes and no progress on stderr'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand allocation; and __fish_seen_subcommand_from list" -s y -l yes -d 'Answer yes to every question'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand allocation; and __fish_seen_subcommand_from list" -l dry-run -d 'Check, show what would be sent to the server to change something, and do not send it'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand allocation; and __fish_seen_subcommand_from list" -l no-headers -d 'No titles above the columns'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand allocation; and __fish_seen_subcommand_from list" -l no-trunc -d 'Do not cut columns to the width of the terminal'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand allocation; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand allocation; and __fish_seen_subcommand_from show" -l ticket-file -d 'Where to write the tickets that prove the lease to the nodes: one a line, readable by you alone' -r -F
complete -c cpcctl -n "__fish_cpcctl_using_subcommand allocation; and __fish_seen_subcommand_from show" -l endpoint -d 'Where cpcd listens: https://HOST:PORT, http://HOST:PORT or unix:///PATH; also CPCCTL_ENDPOINT [default: that of the context, else http://127.0.0.1:50051]' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand allocation; and __fish_seen_subcommand_from show" -l socket -d 'The socket for --local; also CPCCTL_SOCKET [default: cpcd.sock in cpcd\'s data directory]' -r -F
complete -c cpcctl -n "__fish_cpcctl_using_subcommand allocation; and __fish_seen_subcommand_from show" -l ca-file -d 'Certificates (PEM) of the authorities to believe over https, in place of the system\'s; also CPCCTL_CA_FILE' -r -F
complete -c cpcctl -n "__fish_cpcctl_using_subcommand allocation; and __fish_seen_subcommand_from show" -l tls-pin -d 'The public key that the server must have over https, as `cpcd tls show` prints it; also CPCCTL_TLS_PIN' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand allocation; and __fish_seen_subcommand_from show" -l context -d 'The context to use: a server and who one is there; also CPCCTL_CONTEXT [default: the one that `context use` chose, else default]' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand allocation; and __fish_seen_subcommand_from show" -l token-file -d 'Read the access token from a file, - for stdin; CPCCTL_TOKEN holds the token itself' -r -F
complete -c cpcctl -n "__fish_cpcctl_using_subcommand allocation; and __fish_seen_subcommand_from show" -s o -l output -d 'How data is written' -r -f -a "table\t'Columns for people'
json\t'One JSON value; a list is one array'
ndjson\t'One JSON value a line'
name\t'Names or ids alone, one a line'"
complete -c cpcctl -n "__fish_cpcctl_using_subcommand allocation; and __fish_seen_subcommand_from show" -l timeout -d 'How long an answer may take: 500ms, 2s, 1m' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand allocation; and __fish_seen_subcommand_from show" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR or TERM=dumb says otherwise'
always\t'Everywhere'
never\t'Nowhere'"
complete -c cpcctl -n "__fish_cpcctl_using_subcommand allocation; and __fish_seen_subcommand_from show" -l progress -d 'How to show progress' -r -f -a "auto\t'A bar on a terminal, plain lines elsewhere, nothing with --quiet'
bar\t'A bar'
plain\t'A line with the time every few seconds'
json\t'A JSON object a line'
none\t'Nothing'"
complete -c cpcctl -n "__fish_cpcctl_using_subcommand allocation; and __fish_seen_subcommand_from show" -l width -d 'Fit columns to so many characters, even in a pipe' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand allocation; and __fish_seen_subcommand_from show" -l wait -d 'Return only once each part has a node, for as long as --timeout says'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand allocation; and __fish_seen_subcommand_from show" -l local -d 'Speak to the daemon on this machine through its Unix socket, as its administrator'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand allocation; and __fish_seen_subcommand_from show" -s q -l quiet -d 'No notes and no progress on stderr'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand allocation; and __fish_seen_subcommand_from show" -s y -l yes -d 'Answer yes to every question'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand allocation; and __fish_seen_subcommand_from show" -l dry-run -d 'Check, show what would be sent to the server to change something, and do not send it'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand allocation; and __fish_seen_subcommand_from show" -l no-headers -d 'No titles above the columns'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand allocation; and __fish_seen_subcommand_from show" -l no-trunc -d 'Do not cut columns to the width of the terminal'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand allocation; and __fish_seen_subcommand_from show" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand allocation; and __fish_seen_subcommand_from watch" -l cursor -d 'Go on from here [default: from now on]' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand allocation; and __fish_seen_subcommand_from watch" -l limit -d 'End after so many changes' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand allocation; and __fish_seen_subcommand_from watch" -l endpoint -d 'Where cpcd listens: https://HOST:PORT, http://HOST:PORT or unix:///PATH; also CPCCTL_ENDPOINT [default: that of the context, else http://127.0.0.1:50051]' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand allocation; and __fish_seen_subcommand_from watch" -l socket -d 'The socket for --local; also CPCCTL_SOCKET [default: cpcd.sock in cpcd\'s data directory]' -r -F
complete -c cpcctl -n "__fish_cpcctl_using_subcommand allocation; and __fish_seen_subcommand_from watch" -l ca-file -d 'Certificates (PEM) of the authorities to believe over https, in place of the system\'s; also CPCCTL_CA_FILE' -r -F
complete -c cpcctl -n "__fish_cpcctl_using_subcommand allocation; and __fish_seen_subcommand_from watch" -l tls-pin -d 'The public key that the server must have over https, as `cpcd tls show` prints it; also CPCCTL_TLS_PIN' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand allocation; and __fish_seen_subcommand_from watch" -l context -d 'The context to use: a server and who one is there; also CPCCTL_CONTEXT [default: the one that `context use` chose, else default]' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand allocation; and __fish_seen_subcommand_from watch" -l token-file -d 'Read the access token from a file, - for stdin; CPCCTL_TOKEN holds the token itself' -r -F
complete -c cpcctl -n "__fish_cpcctl_using_subcommand allocation; and __fish_seen_subcommand_from watch" -s o -l output -d 'How data is written' -r -f -a "table\t'Columns for people'
json\t'One JSON value; a list is one array'
ndjson\t'One JSON value a line'
name\t'Names or ids alone, one a line'"
complete -c cpcctl -n "__fish_cpcctl_using_subcommand allocation; and __fish_seen_subcommand_from watch" -l timeout -d 'How long an answer may take: 500ms, 2s, 1m' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand allocation; and __fish_seen_subcommand_from watch" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR or TERM=dumb says otherwise'
always\t'Everywhere'
never\t'Nowhere'"
complete -c cpcctl -n "__fish_cpcctl_using_subcommand allocation; and __fish_seen_subcommand_from watch" -l progress -d 'How to show progress' -r -f -a "auto\t'A bar on a terminal, plain lines elsewhere, nothing with --quiet'
bar\t'A bar'
plain\t'A line with the time every few seconds'
json\t'A JSON object a line'
none\t'Nothing'"
complete -c cpcctl -n "__fish_cpcctl_using_subcommand allocation; and __fish_seen_subcommand_from watch" -l width -d 'Fit columns to so many characters, even in a pipe' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand allocation; and __fish_seen_subcommand_from watch" -l local -d 'Speak to the daemon on this machine through its Unix socket, as its administrator'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand allocation; and __fish_seen_subcommand_from watch" -s q -l quiet -d 'No notes and no progress on stderr'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand allocation; and __fish_seen_subcommand_from watch" -s y -l yes -d 'Answer yes to every question'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand allocation; and __fish_seen_subcommand_from watch" -l dry-run -d 'Check, show what would be sent to the server to change something, and do not send it'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand allocation; and __fish_seen_subcommand_from watch" -l no-headers -d 'No titles above the columns'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand allocation; and __fish_seen_subcommand_from watch" -l no-trunc -d 'Do not cut columns to the width of the terminal'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand allocation; and __fish_seen_subcommand_from watch" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand allocation; and __fish_seen_subcommand_from renew" -l epoch -d 'Only if this is its epoch: refused where a part has moved since' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand allocation; and __fish_seen_subcommand_from renew" -l ttl -d 'From now, as in 90s, 10m, 12h [default: what it was asked for with]' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand allocation; and __fish_seen_subcommand_from renew" -l endpoint -d 'Where cpcd listens: https://HOST:PORT, http://HOST:PORT or unix:///PATH; also CPCCTL_ENDPOINT [default: that of the context, else http://127.0.0.1:50051]' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand allocation; and __fish_seen_subcommand_from renew" -l socket -d 'The socket for --local; also CPCCTL_SOCKET [default: cpcd.sock in cpcd\'s data directory]' -r -F
complete -c cpcctl -n "__fish_cpcctl_using_subcommand allocation; and __fish_seen_subcommand_from renew" -l ca-file -d 'Certificates (PEM) of the authorities to believe over https, in place of the system\'s; also CPCCTL_CA_FILE' -r -F
complete -c cpcctl -n "__fish_cpcctl_using_subcommand allocation; and __fish_seen_subcommand_from renew" -l tls-pin -d 'The public key that the server must have over https, as `cpcd tls show` prints it; also CPCCTL_TLS_PIN' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand allocation; and __fish_seen_subcommand_from renew" -l context -d 'The context to use: a server and who one is there; also CPCCTL_CONTEXT [default: the one that `context use` chose, else default]' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand allocation; and __fish_seen_subcommand_from renew" -l token-file -d 'Read the access token from a file, - for stdin; CPCCTL_TOKEN holds the token itself' -r -F
complete -c cpcctl -n "__fish_cpcctl_using_subcommand allocation; and __fish_seen_subcommand_from renew" -s o -l output -d 'How data is written' -r -f -a "table\t'Columns for people'
json\t'One JSON value; a list is one array'
ndjson\t'One JSON value a line'
name\t'Names or ids alone, one a line'"
complete -c cpcctl -n "__fish_cpcctl_using_subcommand allocation; and __fish_seen_subcommand_from renew" -l timeout -d 'How long an answer may take: 500ms, 2s, 1m' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand allocation; and __fish_seen_subcommand_from renew" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR or TERM=dumb says otherwise'
always\t'Everywhere'
never\t'Nowhere'"
complete -c cpcctl -n "__fish_cpcctl_using_subcommand allocation; and __fish_seen_subcommand_from renew" -l progress -d 'How to show progress' -r -f -a "auto\t'A bar on a terminal, plain lines elsewhere, nothing with --quiet'
bar\t'A bar'
plain\t'A line with the time every few seconds'
json\t'A JSON object a line'
none\t'Nothing'"
complete -c cpcctl -n "__fish_cpcctl_using_subcommand allocation; and __fish_seen_subcommand_from renew" -l width -d 'Fit columns to so many characters, even in a pipe' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand allocation; and __fish_seen_subcommand_from renew" -l local -d 'Speak to the daemon on this machine through its Unix socket, as its administrator'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand allocation; and __fish_seen_subcommand_from renew" -s q -l quiet -d 'No notes and no progress on stderr'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand allocation; and __fish_seen_subcommand_from renew" -s y -l yes -d 'Answer yes to every question'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand allocation; and __fish_seen_subcommand_from renew" -l dry-run -d 'Check, show what would be sent to the server to change something, and do not send it'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand allocation; and __fish_seen_subcommand_from renew" -l no-headers -d 'No titles above the columns'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand allocation; and __fish_seen_subcommand_from renew" -l no-trunc -d 'Do not cut columns to the width of the terminal'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand allocation; and __fish_seen_subcommand_from renew" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand allocation; and __fish_seen_subcommand_from release" -l epoch -d 'Only if this is its epoch: refused where a part has moved since' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand allocation; and __fish_seen_subcommand_from release" -l endpoint -d 'Where cpcd listens: https://HOST:PORT, http://HOST:PORT or unix:///PATH; also CPCCTL_ENDPOINT [default: that of the context, else http://127.0.0.1:50051]' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand allocation; and __fish_seen_subcommand_from release" -l socket -d 'The socket for --local; also CPCCTL_SOCKET [default: cpcd.sock in cpcd\'s data directory]' -r -F
complete -c cpcctl -n "__fish_cpcctl_using_subcommand allocation; and __fish_seen_subcommand_from release" -l ca-file -d 'Certificates (PEM) of the authorities to believe over https, in place of the system\'s; also CPCCTL_CA_FILE' -r -F
complete -c cpcctl -n "__fish_cpcctl_using_subcommand allocation; and __fish_seen_subcommand_from release" -l tls-pin -d 'The public key that the server must have over https, as `cpcd tls show` prints it; also CPCCTL_TLS_PIN' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand allocation; and __fish_seen_subcommand_from release" -l context -d 'The context to use: a server and who one is there; also CPCCTL_CONTEXT [default: the one that `context use` chose, else default]' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand allocation; and __fish_seen_subcommand_from release" -l token-file -d 'Read the access token from a file, - for stdin; CPCCTL_TOKEN holds the token itself' -r -F
complete -c cpcctl -n "__fish_cpcctl_using_subcommand allocation; and __fish_seen_subcommand_from release" -s o -l output -d 'How data is written' -r -f -a "table\t'Columns for people'
json\t'One JSON value; a list is one array'
ndjson\t'One JSON value a line'
name\t'Names or ids alone, one a line'"
complete -c cpcctl -n "__fish_cpcctl_using_subcommand allocation; and __fish_seen_subcommand_from release" -l timeout -d 'How long an answer may take: 500ms, 2s, 1m' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand allocation; and __fish_seen_subcommand_from release" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR or TERM=dumb says otherwise'
always\t'Everywhere'
never\t'Nowhere'"
complete -c cpcctl -n "__fish_cpcctl_using_subcommand allocation; and __fish_seen_subcommand_from release" -l progress -d 'How to show progress' -r -f -a "auto\t'A bar on a terminal, plain lines elsewhere, nothing with --quiet'
bar\t'A bar'
plain\t'A line with the time every few seconds'
json\t'A JSON object a line'
none\t'Nothing'"
complete -c cpcctl -n "__fish_cpcctl_using_subcommand allocation; and __fish_seen_subcommand_from release" -l width -d 'Fit columns to so many characters, even in a pipe' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand allocation; and __fish_seen_subcommand_from release" -l local -d 'Speak to the daemon on this machine through its Unix socket, as its administrator'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand allocation; and __fish_seen_subcommand_from release" -s q -l quiet -d 'No notes and no progress on stderr'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand allocation; and __fish_seen_subcommand_from release" -s y -l yes -d 'Answer yes to every question'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand allocation; and __fish_seen_subcommand_from release" -l dry-run -d 'Check, show what would be sent to the server to change something, and do not send it'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand allocation; and __fish_seen_subcommand_from release" -l no-headers -d 'No titles above the columns'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand allocation; and __fish_seen_subcommand_from release" -l no-trunc -d 'Do not cut columns to the width of the terminal'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand allocation; and __fish_seen_subcommand_from release" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand allocation; and __fish_seen_subcommand_from verify" -l ticket -d 'The file with the tickets, - for stdin' -r -F
complete -c cpcctl -n "__fish_cpcctl_using_subcommand allocation; and __fish_seen_subcommand_from verify" -l server-id -d 'The server whose tickets are good [default: the context\'s]' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand allocation; and __fish_seen_subcommand_from verify" -l node -d 'Only tickets for this node are good [default: those for any]' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand allocation; and __fish_seen_subcommand_from verify" -l endpoint -d 'Where cpcd listens: https://HOST:PORT, http://HOST:PORT or unix:///PATH; also CPCCTL_ENDPOINT [default: that of the context, else http://127.0.0.1:50051]' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand allocation; and __fish_seen_subcommand_from verify" -l socket -d 'The socket for --local; also CPCCTL_SOCKET [default: cpcd.sock in cpcd\'s data directory]' -r -F
complete -c cpcctl -n "__fish_cpcctl_using_subcommand allocation; and __fish_seen_subcommand_from verify" -l ca-file -d 'Certificates (PEM) of the authorities to believe over https, in place of the system\'s; also CPCCTL_CA_FILE' -r -F
complete -c cpcctl -n "__fish_cpcctl_using_subcommand allocation; and __fish_seen_subcommand_from verify" -l tls-pin -d 'The public key that the server must have over https, as `cpcd tls show` prints it; also CPCCTL_TLS_PIN' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand allocation; and __fish_seen_subcommand_from verify" -l context -d 'The context to use: a server and who one is there; also CPCCTL_CONTEXT [default: the one that `context use` chose, else default]' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand allocation; and __fish_seen_subcommand_from verify" -l token-file -d 'Read the access token from a file, - for stdin; CPCCTL_TOKEN holds the token itself' -r -F
complete -c cpcctl -n "__fish_cpcctl_using_subcommand allocation; and __fish_seen_subcommand_from verify" -s o -l output -d 'How data is written' -r -f -a "table\t'Columns for people'
json\t'One JSON value; a list is one array'
ndjson\t'One JSON value a line'
name\t'Names or ids alone, one a line'"
complete -c cpcctl -n "__fish_cpcctl_using_subcommand allocation; and __fish_seen_subcommand_from verify" -l timeout -d 'How long an answer may take: 500ms, 2s, 1m' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand allocation; and __fish_seen_subcommand_from verify" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR or TERM=dumb says otherwise'
always\t'Everywhere'
never\t'Nowhere'"
complete -c cpcctl -n "__fish_cpcctl_using_subcommand allocation; and __fish_seen_subcommand_from verify" -l progress -d 'How to show progress' -r -f -a "auto\t'A bar on a terminal, plain lines elsewhere, nothing with --quiet'
bar\t'A bar'
plain\t'A line with the time every few seconds'
json\t'A JSON object a line'
none\t'Nothing'"
complete -c cpcctl -n "__fish_cpcctl_using_subcommand allocation; and __fish_seen_subcommand_from verify" -l width -d 'Fit columns to so many characters, even in a pipe' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand allocation; and __fish_seen_subcommand_from verify" -l local -d 'Speak to the daemon on this machine through its Unix socket, as its administrator'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand allocation; and __fish_seen_subcommand_from verify" -s q -l quiet -d 'No notes and no progress on stderr'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand allocation; and __fish_seen_subcommand_from verify" -s y -l yes -d 'Answer yes to every question'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand allocation; and __fish_seen_subcommand_from verify" -l dry-run -d 'Check, show what would be sent to the server to change something, and do not send it'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand allocation; and __fish_seen_subcommand_from verify" -l no-headers -d 'No titles above the columns'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand allocation; and __fish_seen_subcommand_from verify" -l no-trunc -d 'Do not cut columns to the width of the terminal'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand allocation; and __fish_seen_subcommand_from verify" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand events; and not __fish_seen_subcommand_from watch" -l endpoint -d 'Where cpcd listens: https://HOST:PORT, http://HOST:PORT or unix:///PATH; also CPCCTL_ENDPOINT [default: that of the context, else http://127.0.0.1:50051]' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand events; and not __fish_seen_subcommand_from watch" -l socket -d 'The socket for --local; also CPCCTL_SOCKET [default: cpcd.sock in cpcd\'s data directory]' -r -F
complete -c cpcctl -n "__fish_cpcctl_using_subcommand events; and not __fish_seen_subcommand_from watch" -l ca-file -d 'Certificates (PEM) of the authorities to believe over https, in place of the system\'s; also CPCCTL_CA_FILE' -r -F
complete -c cpcctl -n "__fish_cpcctl_using_subcommand events; and not __fish_seen_subcommand_from watch" -l tls-pin -d 'The public key that the server must have over https, as `cpcd tls show` prints it; also CPCCTL_TLS_PIN' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand events; and not __fish_seen_subcommand_from watch" -l context -d 'The context to use: a server and who one is there; also CPCCTL_CONTEXT [default: the one that `context use` chose, else default]' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand events; and not __fish_seen_subcommand_from watch" -l token-file -d 'Read the access token from a file, - for stdin; CPCCTL_TOKEN holds the token itself' -r -F
complete -c cpcctl -n "__fish_cpcctl_using_subcommand events; and not __fish_seen_subcommand_from watch" -s o -l output -d 'How data is written' -r -f -a "table\t'Columns for people'
json\t'One JSON value; a list is one array'
ndjson\t'One JSON value a line'
name\t'Names or ids alone, one a line'"
complete -c cpcctl -n "__fish_cpcctl_using_subcommand events; and not __fish_seen_subcommand_from watch" -l timeout -d 'How long an answer may take: 500ms, 2s, 1m' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand events; and not __fish_seen_subcommand_from watch" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR or TERM=dumb says otherwise'
always\t'Everywhere'
never\t'Nowhere'"
complete -c cpcctl -n "__fish_cpcctl_using_subcommand events; and not __fish_seen_subcommand_from watch" -l progress -d 'How to show progress' -r -f -a "auto\t'A bar on a terminal, plain lines elsewhere, nothing with --quiet'
bar\t'A bar'
plain\t'A line with the time every few seconds'
json\t'A JSON object a line'
none\t'Nothing'"
complete -c cpcctl -n "__fish_cpcctl_using_subcommand events; and not __fish_seen_subcommand_from watch" -l width -d 'Fit columns to so many characters, even in a pipe' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand events; and not __fish_seen_subcommand_from watch" -l local -d 'Speak to the daemon on this machine through its Unix socket, as its administrator'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand events; and not __fish_seen_subcommand_from watch" -s q -l quiet -d 'No notes and no progress on stderr'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand events; and not __fish_seen_subcommand_from watch" -s y -l yes -d 'Answer yes to every question'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand events; and not __fish_seen_subcommand_from watch" -l dry-run -d 'Check, show what would be sent to the server to change something, and do not send it'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand events; and not __fish_seen_subcommand_from watch" -l no-headers -d 'No titles above the columns'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand events; and not __fish_seen_subcommand_from watch" -l no-trunc -d 'Do not cut columns to the width of the terminal'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand events; and not __fish_seen_subcommand_from watch" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand events; and not __fish_seen_subcommand_from watch" -f -a "watch" -d 'Follows events as they happen'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand events; and __fish_seen_subcommand_from watch" -l kind -d 'Only events whose kind begins so, such as node. or allocation.moved' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand events; and __fish_seen_subcommand_from watch" -l subject -d 'Only events of this node or allocation' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand events; and __fish_seen_subcommand_from watch" -l cursor -d 'Go on from here [default: from now on]' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand events; and __fish_seen_subcommand_from watch" -l from-file -d 'Go on from the cursor in this file, and keep it there' -r -F
complete -c cpcctl -n "__fish_cpcctl_using_subcommand events; and __fish_seen_subcommand_from watch" -l limit -d 'End after so many events' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand events; and __fish_seen_subcommand_from watch" -l endpoint -d 'Where cpcd listens: https://HOST:PORT, http://HOST:PORT or unix:///PATH; also CPCCTL_ENDPOINT [default: that of the context, else http://127.0.0.1:50051]' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand events; and __fish_seen_subcommand_from watch" -l socket -d 'The socket for --local; also CPCCTL_SOCKET [default: cpcd.sock in cpcd\'s data directory]' -r -F
complete -c cpcctl -n "__fish_cpcctl_using_subcommand events; and __fish_seen_subcommand_from watch" -l ca-file -d 'Certificates (PEM) of the authorities to believe over https, in place of the system\'s; also CPCCTL_CA_FILE' -r -F
complete -c cpcctl -n "__fish_cpcctl_using_subcommand events; and __fish_seen_subcommand_from watch" -l tls-pin -d 'The public key that the server must have over https, as `cpcd tls show` prints it; also CPCCTL_TLS_PIN' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand events; and __fish_seen_subcommand_from watch" -l context -d 'The context to use: a server and who one is there; also CPCCTL_CONTEXT [default: the one that `context use` chose, else default]' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand events; and __fish_seen_subcommand_from watch" -l token-file -d 'Read the access token from a file, - for stdin; CPCCTL_TOKEN holds the token itself' -r -F
complete -c cpcctl -n "__fish_cpcctl_using_subcommand events; and __fish_seen_subcommand_from watch" -s o -l output -d 'How data is written' -r -f -a "table\t'Columns for people'
json\t'One JSON value; a list is one array'
ndjson\t'One JSON value a line'
name\t'Names or ids alone, one a line'"
complete -c cpcctl -n "__fish_cpcctl_using_subcommand events; and __fish_seen_subcommand_from watch" -l timeout -d 'How long an answer may take: 500ms, 2s, 1m' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand events; and __fish_seen_subcommand_from watch" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR or TERM=dumb says otherwise'
always\t'Everywhere'
never\t'Nowhere'"
complete -c cpcctl -n "__fish_cpcctl_using_subcommand events; and __fish_seen_subcommand_from watch" -l progress -d 'How to show progress' -r -f -a "auto\t'A bar on a terminal, plain lines elsewhere, nothing with --quiet'
bar\t'A bar'
plain\t'A line with the time every few seconds'
json\t'A JSON object a line'
none\t'Nothing'"
complete -c cpcctl -n "__fish_cpcctl_using_subcommand events; and __fish_seen_subcommand_from watch" -l width -d 'Fit columns to so many characters, even in a pipe' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand events; and __fish_seen_subcommand_from watch" -l local -d 'Speak to the daemon on this machine through its Unix socket, as its administrator'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand events; and __fish_seen_subcommand_from watch" -s q -l quiet -d 'No notes and no progress on stderr'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand events; and __fish_seen_subcommand_from watch" -s y -l yes -d 'Answer yes to every question'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand events; and __fish_seen_subcommand_from watch" -l dry-run -d 'Check, show what would be sent to the server to change something, and do not send it'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand events; and __fish_seen_subcommand_from watch" -l no-headers -d 'No titles above the columns'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand events; and __fish_seen_subcommand_from watch" -l no-trunc -d 'Do not cut columns to the width of the terminal'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand events; and __fish_seen_subcommand_from watch" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand webhook; and not __fish_seen_subcommand_from add list test remove" -l endpoint -d 'Where cpcd listens: https://HOST:PORT, http://HOST:PORT or unix:///PATH; also CPCCTL_ENDPOINT [default: that of the context, else http://127.0.0.1:50051]' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand webhook; and not __fish_seen_subcommand_from add list test remove" -l socket -d 'The socket for --local; also CPCCTL_SOCKET [default: cpcd.sock in cpcd\'s data directory]' -r -F
complete -c cpcctl -n "__fish_cpcctl_using_subcommand webhook; and not __fish_seen_subcommand_from add list test remove" -l ca-file -d 'Certificates (PEM) of the authorities to believe over https, in place of the system\'s; also CPCCTL_CA_FILE' -r -F
complete -c cpcctl -n "__fish_cpcctl_using_subcommand webhook; and not __fish_seen_subcommand_from add list test remove" -l tls-pin -d 'The public key that the server must have over https, as `cpcd tls show` prints it; also CPCCTL_TLS_PIN' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand webhook; and not __fish_seen_subcommand_from add list test remove" -l context -d 'The context to use: a server and who one is there; also CPCCTL_CONTEXT [default: the one that `context use` chose, else default]' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand webhook; and not __fish_seen_subcommand_from add list test remove" -l token-file -d 'Read the access token from a file, - for stdin; CPCCTL_TOKEN holds the token itself' -r -F
complete -c cpcctl -n "__fish_cpcctl_using_subcommand webhook; and not __fish_seen_subcommand_from add list test remove" -s o -l output -d 'How data is written' -r -f -a "table\t'Columns for people'
json\t'One JSON value; a list is one array'
ndjson\t'One JSON value a line'
name\t'Names or ids alone, one a line'"
complete -c cpcctl -n "__fish_cpcctl_using_subcommand webhook; and not __fish_seen_subcommand_from add list test remove" -l timeout -d 'How long an answer may take: 500ms, 2s, 1m' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand webhook; and not __fish_seen_subcommand_from add list test remove" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR or TERM=dumb says otherwise'
always\t'Everywhere'
never\t'Nowhere'"
complete -c cpcctl -n "__fish_cpcctl_using_subcommand webhook; and not __fish_seen_subcommand_from add list test remove" -l progress -d 'How to show progress' -r -f -a "auto\t'A bar on a terminal, plain lines elsewhere, nothing with --quiet'
bar\t'A bar'
plain\t'A line with the time every few seconds'
json\t'A JSON object a line'
none\t'Nothing'"
complete -c cpcctl -n "__fish_cpcctl_using_subcommand webhook; and not __fish_seen_subcommand_from add list test remove" -l width -d 'Fit columns to so many characters, even in a pipe' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand webhook; and not __fish_seen_subcommand_from add list test remove" -l local -d 'Speak to the daemon on this machine through its Unix socket, as its administrator'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand webhook; and not __fish_seen_subcommand_from add list test remove" -s q -l quiet -d 'No notes and no progress on stderr'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand webhook; and not __fish_seen_subcommand_from add list test remove" -s y -l yes -d 'Answer yes to every question'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand webhook; and not __fish_seen_subcommand_from add list test remove" -l dry-run -d 'Check, show what would be sent to the server to change something, and do not send it'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand webhook; and not __fish_seen_subcommand_from add list test remove" -l no-headers -d 'No titles above the columns'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand webhook; and not __fish_seen_subcommand_from add list test remove" -l no-trunc -d 'Do not cut columns to the width of the terminal'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand webhook; and not __fish_seen_subcommand_from add list test remove" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand webhook; and not __fish_seen_subcommand_from add list test remove" -f -a "add" -d 'Has events sent to a URL, and shows the secret that signs them, this once'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand webhook; and not __fish_seen_subcommand_from add list test remove" -f -a "list" -d 'Lists webhooks, your own or those of a user'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand webhook; and not __fish_seen_subcommand_from add list test remove" -f -a "test" -d 'Sends a test to a webhook and says what came of it'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand webhook; and not __fish_seen_subcommand_from add list test remove" -f -a "remove" -d 'Removes webhooks: nothing is sent there any more'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand webhook; and __fish_seen_subcommand_from add" -l kind -d 'Only events whose kind begins so, such as node. or allocation.moved' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand webhook; and __fish_seen_subcommand_from add" -l endpoint -d 'Where cpcd listens: https://HOST:PORT, http://HOST:PORT or unix:///PATH; also CPCCTL_ENDPOINT [default: that of the context, else http://127.0.0.1:50051]' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand webhook; and __fish_seen_subcommand_from add" -l socket -d 'The socket for --local; also CPCCTL_SOCKET [default: cpcd.sock in cpcd\'s data directory]' -r -F
complete -c cpcctl -n "__fish_cpcctl_using_subcommand webhook; and __fish_seen_subcommand_from add" -l ca-file -d 'Certificates (PEM) of the authorities to believe over https, in place of the system\'s; also CPCCTL_CA_FILE' -r -F
complete -c cpcctl -n "__fish_cpcctl_using_subcommand webhook; and __fish_seen_subcommand_from add" -l tls-pin -d 'The public key that the server must have over https, as `cpcd tls show` prints it; also CPCCTL_TLS_PIN' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand webhook; and __fish_seen_subcommand_from add" -l context -d 'The context to use: a server and who one is there; also CPCCTL_CONTEXT [default: the one that `context use` chose, else default]' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand webhook; and __fish_seen_subcommand_from add" -l token-file -d 'Read the access token from a file, - for stdin; CPCCTL_TOKEN holds the token itself' -r -F
complete -c cpcctl -n "__fish_cpcctl_using_subcommand webhook; and __fish_seen_subcommand_from add" -s o -l output -d 'How data is written' -r -f -a "table\t'Columns for people'
json\t'One JSON value; a list is one array'
ndjson\t'One JSON value a line'
name\t'Names or ids alone, one a line'"
complete -c cpcctl -n "__fish_cpcctl_using_subcommand webhook; and __fish_seen_subcommand_from add" -l timeout -d 'How long an answer may take: 500ms, 2s, 1m' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand webhook; and __fish_seen_subcommand_from add" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR or TERM=dumb says otherwise'
always\t'Everywhere'
never\t'Nowhere'"
complete -c cpcctl -n "__fish_cpcctl_using_subcommand webhook; and __fish_seen_subcommand_from add" -l progress -d 'How to show progress' -r -f -a "auto\t'A bar on a terminal, plain lines elsewhere, nothing with --quiet'
bar\t'A bar'
plain\t'A line with the time every few seconds'
json\t'A JSON object a line'
none\t'Nothing'"
complete -c cpcctl -n "__fish_cpcctl_using_subcommand webhook; and __fish_seen_subcommand_from add" -l width -d 'Fit columns to so many characters, even in a pipe' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand webhook; and __fish_seen_subcommand_from add" -l local -d 'Speak to the daemon on this machine through its Unix socket, as its administrator'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand webhook; and __fish_seen_subcommand_from add" -s q -l quiet -d 'No notes and no progress on stderr'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand webhook; and __fish_seen_subcommand_from add" -s y -l yes -d 'Answer yes to every question'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand webhook; and __fish_seen_subcommand_from add" -l dry-run -d 'Check, show what would be sent to the server to change something, and do not send it'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand webhook; and __fish_seen_subcommand_from add" -l no-headers -d 'No titles above the columns'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand webhook; and __fish_seen_subcommand_from add" -l no-trunc -d 'Do not cut columns to the width of the terminal'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand webhook; and __fish_seen_subcommand_from add" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand webhook; and __fish_seen_subcommand_from list" -l user -d 'Whose: a name or an id [default: your own]' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand webhook; and __fish_seen_subcommand_from list" -l endpoint -d 'Where cpcd listens: https://HOST:PORT, http://HOST:PORT or unix:///PATH; also CPCCTL_ENDPOINT [default: that of the context, else http://127.0.0.1:50051]' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand webhook; and __fish_seen_subcommand_from list" -l socket -d 'The socket for --local; also CPCCTL_SOCKET [default: cpcd.sock in cpcd\'s data directory]' -r -F
complete -c cpcctl -n "__fish_cpcctl_using_subcommand webhook; and __fish_seen_subcommand_from list" -l ca-file -d 'Certificates (PEM) of the authorities to believe over https, in place of the system\'s; also CPCCTL_CA_FILE' -r -F
complete -c cpcctl -n "__fish_cpcctl_using_subcommand webhook; and __fish_seen_subcommand_from list" -l tls-pin -d 'The public key that the server must have over https, as `cpcd tls show` prints it; also CPCCTL_TLS_PIN' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand webhook; and __fish_seen_subcommand_from list" -l context -d 'The context to use: a server and who one is there; also CPCCTL_CONTEXT [default: the one that `context use` chose, else default]' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand webhook; and __fish_seen_subcommand_from list" -l token-file -d 'Read the access token from a file, - for stdin; CPCCTL_TOKEN holds the token itself' -r -F
complete -c cpcctl -n "__fish_cpcctl_using_subcommand webhook; and __fish_seen_subcommand_from list" -s o -l output -d 'How data is written' -r -f -a "table\t'Columns for people'
json\t'One JSON value; a list is one array'
ndjson\t'One JSON value a line'
name\t'Names or ids alone, one a line'"
complete -c cpcctl -n "__fish_cpcctl_using_subcommand webhook; and __fish_seen_subcommand_from list" -l timeout -d 'How long an answer may take: 500ms, 2s, 1m' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand webhook; and __fish_seen_subcommand_from list" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR or TERM=dumb says otherwise'
always\t'Everywhere'
never\t'Nowhere'"
complete -c cpcctl -n "__fish_cpcctl_using_subcommand webhook; and __fish_seen_subcommand_from list" -l progress -d 'How to show progress' -r -f -a "auto\t'A bar on a terminal, plain lines elsewhere, nothing with --quiet'
bar\t'A bar'
plain\t'A line with the time every few seconds'
json\t'A JSON object a line'
none\t'Nothing'"
complete -c cpcctl -n "__fish_cpcctl_using_subcommand webhook; and __fish_seen_subcommand_from list" -l width -d 'Fit columns to so many characters, even in a pipe' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand webhook; and __fish_seen_subcommand_from list" -l local -d 'Speak to the daemon on this machine through its Unix socket, as its administrator'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand webhook; and __fish_seen_subcommand_from list" -s q -l quiet -d 'No notes and no progress on stderr'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand webhook; and __fish_seen_subcommand_from list" -s y -l yes -d 'Answer yes to every question'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand webhook; and __fish_seen_subcommand_from list" -l dry-run -d 'Check, show what would be sent to the server to change something, and do not send it'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand webhook; and __fish_seen_subcommand_from list" -l no-headers -d 'No titles above the columns'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand webhook; and __fish_seen_subcommand_from list" -l no-trunc -d 'Do not cut columns to the width of the terminal'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand webhook; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand webhook; and __fish_seen_subcommand_from test" -l endpoint -d 'Where cpcd listens: https://HOST:PORT, http://HOST:PORT or unix:///PATH; also CPCCTL_ENDPOINT [default: that of the context, else http://127.0.0.1:50051]' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand webhook; and __fish_seen_subcommand_from test" -l socket -d 'The socket for --local; also CPCCTL_SOCKET [default: cpcd.sock in cpcd\'s data directory]' -r -F
complete -c cpcctl -n "__fish_cpcctl_using_subcommand webhook; and __fish_seen_subcommand_from test" -l ca-file -d 'Certificates (PEM) of the authorities to believe over https, in place of the system\'s; also CPCCTL_CA_FILE' -r -F
complete -c cpcctl -n "__fish_cpcctl_using_subcommand webhook; and __fish_seen_subcommand_from test" -l tls-pin -d 'The public key that the server must have over https, as `cpcd tls show` prints it; also CPCCTL_TLS_PIN' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand webhook; and __fish_seen_subcommand_from test" -l context -d 'The context to use: a server and who one is there; also CPCCTL_CONTEXT [default: the one that `context use` chose, else default]' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand webhook; and __fish_seen_subcommand_from test" -l token-file -d 'Read the access token from a file, - for stdin; CPCCTL_TOKEN holds the token itself' -r -F
complete -c cpcctl -n "__fish_cpcctl_using_subcommand webhook; and __fish_seen_subcommand_from test" -s o -l output -d 'How data is written' -r -f -a "table\t'Columns for people'
json\t'One JSON value; a list is one array'
ndjson\t'One JSON value a line'
name\t'Names or ids alone, one a line'"
complete -c cpcctl -n "__fish_cpcctl_using_subcommand webhook; and __fish_seen_subcommand_from test" -l timeout -d 'How long an answer may take: 500ms, 2s, 1m' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand webhook; and __fish_seen_subcommand_from test" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR or TERM=dumb says otherwise'
always\t'Everywhere'
never\t'Nowhere'"
complete -c cpcctl -n "__fish_cpcctl_using_subcommand webhook; and __fish_seen_subcommand_from test" -l progress -d 'How to show progress' -r -f -a "auto\t'A bar on a terminal, plain lines elsewhere, nothing with --quiet'
bar\t'A bar'
plain\t'A line with the time every few seconds'
json\t'A JSON object a line'
none\t'Nothing'"
complete -c cpcctl -n "__fish_cpcctl_using_subcommand webhook; and __fish_seen_subcommand_from test" -l width -d 'Fit columns to so many characters, even in a pipe' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand webhook; and __fish_seen_subcommand_from test" -l local -d 'Speak to the daemon on this machine through its Unix socket, as its administrator'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand webhook; and __fish_seen_subcommand_from test" -s q -l quiet -d 'No notes and no progress on stderr'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand webhook; and __fish_seen_subcommand_from test" -s y -l yes -d 'Answer yes to every question'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand webhook; and __fish_seen_subcommand_from test" -l dry-run -d 'Check, show what would be sent to the server to change something, and do not send it'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand webhook; and __fish_seen_subcommand_from test" -l no-headers -d 'No titles above the columns'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand webhook; and __fish_seen_subcommand_from test" -l no-trunc -d 'Do not cut columns to the width of the terminal'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand webhook; and __fish_seen_subcommand_from test" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand webhook; and __fish_seen_subcommand_from remove" -l endpoint -d 'Where cpcd listens: https://HOST:PORT, http://HOST:PORT or unix:///PATH; also CPCCTL_ENDPOINT [default: that of the context, else http://127.0.0.1:50051]' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand webhook; and __fish_seen_subcommand_from remove" -l socket -d 'The socket for --local; also CPCCTL_SOCKET [default: cpcd.sock in cpcd\'s data directory]' -r -F
complete -c cpcctl -n "__fish_cpcctl_using_subcommand webhook; and __fish_seen_subcommand_from remove" -l ca-file -d 'Certificates (PEM) of the authorities to believe over https, in place of the system\'s; also CPCCTL_CA_FILE' -r -F
complete -c cpcctl -n "__fish_cpcctl_using_subcommand webhook; and __fish_seen_subcommand_from remove" -l tls-pin -d 'The public key that the server must have over https, as `cpcd tls show` prints it; also CPCCTL_TLS_PIN' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand webhook; and __fish_seen_subcommand_from remove" -l context -d 'The context to use: a server and who one is there; also CPCCTL_CONTEXT [default: the one that `context use` chose, else default]' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand webhook; and __fish_seen_subcommand_from remove" -l token-file -d 'Read the access token from a file, - for stdin; CPCCTL_TOKEN holds the token itself' -r -F
complete -c cpcctl -n "__fish_cpcctl_using_subcommand webhook; and __fish_seen_subcommand_from remove" -s o -l output -d 'How data is written' -r -f -a "table\t'Columns for people'
json\t'One JSON value; a list is one array'
ndjson\t'One JSON value a line'
name\t'Names or ids alone, one a line'"
complete -c cpcctl -n "__fish_cpcctl_using_subcommand webhook; and __fish_seen_subcommand_from remove" -l timeout -d 'How long an answer may take: 500ms, 2s, 1m' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand webhook; and __fish_seen_subcommand_from remove" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR or TERM=dumb says otherwise'
always\t'Everywhere'
never\t'Nowhere'"
complete -c cpcctl -n "__fish_cpcctl_using_subcommand webhook; and __fish_seen_subcommand_from remove" -l progress -d 'How to show progress' -r -f -a "auto\t'A bar on a terminal, plain lines elsewhere, nothing with --quiet'
bar\t'A bar'
plain\t'A line with the time every few seconds'
json\t'A JSON object a line'
none\t'Nothing'"
complete -c cpcctl -n "__fish_cpcctl_using_subcommand webhook; and __fish_seen_subcommand_from remove" -l width -d 'Fit columns to so many characters, even in a pipe' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand webhook; and __fish_seen_subcommand_from remove" -l local -d 'Speak to the daemon on this machine through its Unix socket, as its administrator'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand webhook; and __fish_seen_subcommand_from remove" -s q -l quiet -d 'No notes and no progress on stderr'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand webhook; and __fish_seen_subcommand_from remove" -s y -l yes -d 'Answer yes to every question'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand webhook; and __fish_seen_subcommand_from remove" -l dry-run -d 'Check, show what would be sent to the server to change something, and do not send it'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand webhook; and __fish_seen_subcommand_from remove" -l no-headers -d 'No titles above the columns'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand webhook; and __fish_seen_subcommand_from remove" -l no-trunc -d 'Do not cut columns to the width of the terminal'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand webhook; and __fish_seen_subcommand_from remove" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand audit; and not __fish_seen_subcommand_from list verify export" -l endpoint -d 'Where cpcd listens: https://HOST:PORT, http://HOST:PORT or unix:///PATH; also CPCCTL_ENDPOINT [default: that of the context, else http://127.0.0.1:50051]' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand audit; and not __fish_seen_subcommand_from list verify export" -l socket -d 'The socket for --local; also CPCCTL_SOCKET [default: cpcd.sock in cpcd\'s data directory]' -r -F
complete -c cpcctl -n "__fish_cpcctl_using_subcommand audit; and not __fish_seen_subcommand_from list verify export" -l ca-file -d 'Certificates (PEM) of the authorities to believe over https, in place of the system\'s; also CPCCTL_CA_FILE' -r -F
complete -c cpcctl -n "__fish_cpcctl_using_subcommand audit; and not __fish_seen_subcommand_from list verify export" -l tls-pin -d 'The public key that the server must have over https, as `cpcd tls show` prints it; also CPCCTL_TLS_PIN' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand audit; and not __fish_seen_subcommand_from list verify export" -l context -d 'The context to use: a server and who one is there; also CPCCTL_CONTEXT [default: the one that `context use` chose, else default]' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand audit; and not __fish_seen_subcommand_from list verify export" -l token-file -d 'Read the access token from a file, - for stdin; CPCCTL_TOKEN holds the token itself' -r -F
complete -c cpcctl -n "__fish_cpcctl_using_subcommand audit; and not __fish_seen_subcommand_from list verify export" -s o -l output -d 'How data is written' -r -f -a "table\t'Columns for people'
json\t'One JSON value; a list is one array'
ndjson\t'One JSON value a line'
name\t'Names or ids alone, one a line'"
complete -c cpcctl -n "__fish_cpcctl_using_subcommand audit; and not __fish_seen_subcommand_from list verify export" -l timeout -d 'How long an answer may take: 500ms, 2s, 1m' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand audit; and not __fish_seen_subcommand_from list verify export" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR or TERM=dumb says otherwise'
always\t'Everywhere'
never\t'Nowhere'"
complete -c cpcctl -n "__fish_cpcctl_using_subcommand audit; and not __fish_seen_subcommand_from list verify export" -l progress -d 'How to show progress' -r -f -a "auto\t'A bar on a terminal, plain lines elsewhere, nothing with --quiet'
bar\t'A bar'
plain\t'A line with the time every few seconds'
json\t'A JSON object a line'
none\t'Nothing'"
complete -c cpcctl -n "__fish_cpcctl_using_subcommand audit; and not __fish_seen_subcommand_from list verify export" -l width -d 'Fit columns to so many characters, even in a pipe' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand audit; and not __fish_seen_subcommand_from list verify export" -l local -d 'Speak to the daemon on this machine through its Unix socket, as its administrator'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand audit; and not __fish_seen_subcommand_from list verify export" -s q -l quiet -d 'No notes and no progress on stderr'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand audit; and not __fish_seen_subcommand_from list verify export" -s y -l yes -d 'Answer yes to every question'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand audit; and not __fish_seen_subcommand_from list verify export" -l dry-run -d 'Check, show what would be sent to the server to change something, and do not send it'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand audit; and not __fish_seen_subcommand_from list verify export" -l no-headers -d 'No titles above the columns'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand audit; and not __fish_seen_subcommand_from list verify export" -l no-trunc -d 'Do not cut columns to the width of the terminal'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand audit; and not __fish_seen_subcommand_from list verify export" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand audit; and not __fish_seen_subcommand_from list verify export" -f -a "list" -d 'Lists who did what, and who was refused it, the newest first'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand audit; and not __fish_seen_subcommand_from list verify export" -f -a "verify" -d 'Checks the audit here, against the server\'s key: any entry that was changed, removed, added or moved is named'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand audit; and not __fish_seen_subcommand_from list verify export" -f -a "export" -d 'Writes the audit out as it is: its entries with their hashes, and what the server has signed of them'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand audit; and __fish_seen_subcommand_from list" -l actor -d 'Whose: a user\'s name, an id, or anonymous, local_admin [default: everybody\'s that you may see]' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand audit; and __fish_seen_subcommand_from list" -l target -d 'About this thing, by its id' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand audit; and __fish_seen_subcommand_from list" -l action -d 'Only calls whose names begin so, such as IdentityService/' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand audit; and __fish_seen_subcommand_from list" -l outcome -d 'Only what was done, or what was refused' -r -f -a "ok\t''
refused\t''"
complete -c cpcctl -n "__fish_cpcctl_using_subcommand audit; and __fish_seen_subcommand_from list" -l since -d 'Only from here on: a time as in 2027-01-01T00:00:00Z, or so long ago as in 12h or 30d' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand audit; and __fish_seen_subcommand_from list" -l until -d 'Only before' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand audit; and __fish_seen_subcommand_from list" -l limit -d 'At most so many' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand audit; and __fish_seen_subcommand_from list" -l endpoint -d 'Where cpcd listens: https://HOST:PORT, http://HOST:PORT or unix:///PATH; also CPCCTL_ENDPOINT [default: that of the context, else http://127.0.0.1:50051]' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand audit; and __fish_seen_subcommand_from list" -l socket -d 'The socket for --local; also CPCCTL_SOCKET [default: cpcd.sock in cpcd\'s data directory]' -r -F
complete -c cpcctl -n "__fish_cpcctl_using_subcommand audit; and __fish_seen_subcommand_from list" -l ca-file -d 'Certificates (PEM) of the authorities to believe over https, in place of the system\'s; also CPCCTL_CA_FILE' -r -F
complete -c cpcctl -n "__fish_cpcctl_using_subcommand audit; and __fish_seen_subcommand_from list" -l tls-pin -d 'The public key that the server must have over https, as `cpcd tls show` prints it; also CPCCTL_TLS_PIN' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand audit; and __fish_seen_subcommand_from list" -l context -d 'The context to use: a server and who one is there; also CPCCTL_CONTEXT [default: the one that `context use` chose, else default]' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand audit; and __fish_seen_subcommand_from list" -l token-file -d 'Read the access token from a file, - for stdin; CPCCTL_TOKEN holds the token itself' -r -F
complete -c cpcctl -n "__fish_cpcctl_using_subcommand audit; and __fish_seen_subcommand_from list" -s o -l output -d 'How data is written' -r -f -a "table\t'Columns for people'
json\t'One JSON value; a list is one array'
ndjson\t'One JSON value a line'
name\t'Names or ids alone, one a line'"
complete -c cpcctl -n "__fish_cpcctl_using_subcommand audit; and __fish_seen_subcommand_from list" -l timeout -d 'How long an answer may take: 500ms, 2s, 1m' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand audit; and __fish_seen_subcommand_from list" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR or TERM=dumb says otherwise'
always\t'Everywhere'
never\t'Nowhere'"
complete -c cpcctl -n "__fish_cpcctl_using_subcommand audit; and __fish_seen_subcommand_from list" -l progress -d 'How to show progress' -r -f -a "auto\t'A bar on a terminal, plain lines elsewhere, nothing with --quiet'
bar\t'A bar'
plain\t'A line with the time every few seconds'
json\t'A JSON object a line'
none\t'Nothing'"
complete -c cpcctl -n "__fish_cpcctl_using_subcommand audit; and __fish_seen_subcommand_from list" -l width -d 'Fit columns to so many characters, even in a pipe' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand audit; and __fish_seen_subcommand_from list" -l local -d 'Speak to the daemon on this machine through its Unix socket, as its administrator'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand audit; and __fish_seen_subcommand_from list" -s q -l quiet -d 'No notes and no progress on stderr'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand audit; and __fish_seen_subcommand_from list" -s y -l yes -d 'Answer yes to every question'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand audit; and __fish_seen_subcommand_from list" -l dry-run -d 'Check, show what would be sent to the server to change something, and do not send it'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand audit; and __fish_seen_subcommand_from list" -l no-headers -d 'No titles above the columns'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand audit; and __fish_seen_subcommand_from list" -l no-trunc -d 'Do not cut columns to the width of the terminal'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand audit; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand audit; and __fish_seen_subcommand_from verify" -l file -d 'What was exported before' -r -F
complete -c cpcctl -n "__fish_cpcctl_using_subcommand audit; and __fish_seen_subcommand_from verify" -l server-id -d 'The server whose seals are good [default: the context\'s]' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand audit; and __fish_seen_subcommand_from verify" -l endpoint -d 'Where cpcd listens: https://HOST:PORT, http://HOST:PORT or unix:///PATH; also CPCCTL_ENDPOINT [default: that of the context, else http://127.0.0.1:50051]' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand audit; and __fish_seen_subcommand_from verify" -l socket -d 'The socket for --local; also CPCCTL_SOCKET [default: cpcd.sock in cpcd\'s data directory]' -r -F
complete -c cpcctl -n "__fish_cpcctl_using_subcommand audit; and __fish_seen_subcommand_from verify" -l ca-file -d 'Certificates (PEM) of the authorities to believe over https, in place of the system\'s; also CPCCTL_CA_FILE' -r -F
complete -c cpcctl -n "__fish_cpcctl_using_subcommand audit; and __fish_seen_subcommand_from verify" -l tls-pin -d 'The public key that the server must have over https, as `cpcd tls show` prints it; also CPCCTL_TLS_PIN' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand audit; and __fish_seen_subcommand_from verify" -l context -d 'The context to use: a server and who one is there; also CPCCTL_CONTEXT [default: the one that `context use` chose, else default]' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand audit; and __fish_seen_subcommand_from verify" -l token-file -d 'Read the access token from a file, - for stdin; CPCCTL_TOKEN holds the token itself' -r -F
complete -c cpcctl -n "__fish_cpcctl_using_subcommand audit; and __fish_seen_subcommand_from verify" -s o -l output -d 'How data is written' -r -f -a "table\t'Columns for people'
json\t'One JSON value; a list is one array'
ndjson\t'One JSON value a line'
name\t'Names or ids alone, one a line'"
complete -c cpcctl -n "__fish_cpcctl_using_subcommand audit; and __fish_seen_subcommand_from verify" -l timeout -d 'How long an answer may take: 500ms, 2s, 1m' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand audit; and __fish_seen_subcommand_from verify" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR or TERM=dumb says otherwise'
always\t'Everywhere'
never\t'Nowhere'"
complete -c cpcctl -n "__fish_cpcctl_using_subcommand audit; and __fish_seen_subcommand_from verify" -l progress -d 'How to show progress' -r -f -a "auto\t'A bar on a terminal, plain lines elsewhere, nothing with --quiet'
bar\t'A bar'
plain\t'A line with the time every few seconds'
json\t'A JSON object a line'
none\t'Nothing'"
complete -c cpcctl -n "__fish_cpcctl_using_subcommand audit; and __fish_seen_subcommand_from verify" -l width -d 'Fit columns to so many characters, even in a pipe' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand audit; and __fish_seen_subcommand_from verify" -l offline -d 'Check the file alone, and ask no server'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand audit; and __fish_seen_subcommand_from verify" -l local -d 'Speak to the daemon on this machine through its Unix socket, as its administrator'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand audit; and __fish_seen_subcommand_from verify" -s q -l quiet -d 'No notes and no progress on stderr'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand audit; and __fish_seen_subcommand_from verify" -s y -l yes -d 'Answer yes to every question'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand audit; and __fish_seen_subcommand_from verify" -l dry-run -d 'Check, show what would be sent to the server to change something, and do not send it'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand audit; and __fish_seen_subcommand_from verify" -l no-headers -d 'No titles above the columns'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand audit; and __fish_seen_subcommand_from verify" -l no-trunc -d 'Do not cut columns to the width of the terminal'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand audit; and __fish_seen_subcommand_from verify" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand audit; and __fish_seen_subcommand_from export" -l file -d 'The file to add to [default: stdout]' -r -F
complete -c cpcctl -n "__fish_cpcctl_using_subcommand audit; and __fish_seen_subcommand_from export" -l after -d 'Only what comes behind this number' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand audit; and __fish_seen_subcommand_from export" -l server-id -d 'The server whose audit is in the file [default: the context\'s]' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand audit; and __fish_seen_subcommand_from export" -l endpoint -d 'Where cpcd listens: https://HOST:PORT, http://HOST:PORT or unix:///PATH; also CPCCTL_ENDPOINT [default: that of the context, else http://127.0.0.1:50051]' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand audit; and __fish_seen_subcommand_from export" -l socket -d 'The socket for --local; also CPCCTL_SOCKET [default: cpcd.sock in cpcd\'s data directory]' -r -F
complete -c cpcctl -n "__fish_cpcctl_using_subcommand audit; and __fish_seen_subcommand_from export" -l ca-file -d 'Certificates (PEM) of the authorities to believe over https, in place of the system\'s; also CPCCTL_CA_FILE' -r -F
complete -c cpcctl -n "__fish_cpcctl_using_subcommand audit; and __fish_seen_subcommand_from export" -l tls-pin -d 'The public key that the server must have over https, as `cpcd tls show` prints it; also CPCCTL_TLS_PIN' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand audit; and __fish_seen_subcommand_from export" -l context -d 'The context to use: a server and who one is there; also CPCCTL_CONTEXT [default: the one that `context use` chose, else default]' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand audit; and __fish_seen_subcommand_from export" -l token-file -d 'Read the access token from a file, - for stdin; CPCCTL_TOKEN holds the token itself' -r -F
complete -c cpcctl -n "__fish_cpcctl_using_subcommand audit; and __fish_seen_subcommand_from export" -s o -l output -d 'How data is written' -r -f -a "table\t'Columns for people'
json\t'One JSON value; a list is one array'
ndjson\t'One JSON value a line'
name\t'Names or ids alone, one a line'"
complete -c cpcctl -n "__fish_cpcctl_using_subcommand audit; and __fish_seen_subcommand_from export" -l timeout -d 'How long an answer may take: 500ms, 2s, 1m' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand audit; and __fish_seen_subcommand_from export" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR or TERM=dumb says otherwise'
always\t'Everywhere'
never\t'Nowhere'"
complete -c cpcctl -n "__fish_cpcctl_using_subcommand audit; and __fish_seen_subcommand_from export" -l progress -d 'How to show progress' -r -f -a "auto\t'A bar on a terminal, plain lines elsewhere, nothing with --quiet'
bar\t'A bar'
plain\t'A line with the time every few seconds'
json\t'A JSON object a line'
none\t'Nothing'"
complete -c cpcctl -n "__fish_cpcctl_using_subcommand audit; and __fish_seen_subcommand_from export" -l width -d 'Fit columns to so many characters, even in a pipe' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand audit; and __fish_seen_subcommand_from export" -l local -d 'Speak to the daemon on this machine through its Unix socket, as its administrator'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand audit; and __fish_seen_subcommand_from export" -s q -l quiet -d 'No notes and no progress on stderr'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand audit; and __fish_seen_subcommand_from export" -s y -l yes -d 'Answer yes to every question'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand audit; and __fish_seen_subcommand_from export" -l dry-run -d 'Check, show what would be sent to the server to change something, and do not send it'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand audit; and __fish_seen_subcommand_from export" -l no-headers -d 'No titles above the columns'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand audit; and __fish_seen_subcommand_from export" -l no-trunc -d 'Do not cut columns to the width of the terminal'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand audit; and __fish_seen_subcommand_from export" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand peers; and not __fish_seen_subcommand_from find" -l endpoint -d 'Where cpcd listens: https://HOST:PORT, http://HOST:PORT or unix:///PATH; also CPCCTL_ENDPOINT [default: that of the context, else http://127.0.0.1:50051]' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand peers; and not __fish_seen_subcommand_from find" -l socket -d 'The socket for --local; also CPCCTL_SOCKET [default: cpcd.sock in cpcd\'s data directory]' -r -F
complete -c cpcctl -n "__fish_cpcctl_using_subcommand peers; and not __fish_seen_subcommand_from find" -l ca-file -d 'Certificates (PEM) of the authorities to believe over https, in place of the system\'s; also CPCCTL_CA_FILE' -r -F
complete -c cpcctl -n "__fish_cpcctl_using_subcommand peers; and not __fish_seen_subcommand_from find" -l tls-pin -d 'The public key that the server must have over https, as `cpcd tls show` prints it; also CPCCTL_TLS_PIN' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand peers; and not __fish_seen_subcommand_from find" -l context -d 'The context to use: a server and who one is there; also CPCCTL_CONTEXT [default: the one that `context use` chose, else default]' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand peers; and not __fish_seen_subcommand_from find" -l token-file -d 'Read the access token from a file, - for stdin; CPCCTL_TOKEN holds the token itself' -r -F
complete -c cpcctl -n "__fish_cpcctl_using_subcommand peers; and not __fish_seen_subcommand_from find" -s o -l output -d 'How data is written' -r -f -a "table\t'Columns for people'
json\t'One JSON value; a list is one array'
ndjson\t'One JSON value a line'
name\t'Names or ids alone, one a line'"
complete -c cpcctl -n "__fish_cpcctl_using_subcommand peers; and not __fish_seen_subcommand_from find" -l timeout -d 'How long an answer may take: 500ms, 2s, 1m' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand peers; and not __fish_seen_subcommand_from find" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR or TERM=dumb says otherwise'
always\t'Everywhere'
never\t'Nowhere'"
complete -c cpcctl -n "__fish_cpcctl_using_subcommand peers; and not __fish_seen_subcommand_from find" -l progress -d 'How to show progress' -r -f -a "auto\t'A bar on a terminal, plain lines elsewhere, nothing with --quiet'
bar\t'A bar'
plain\t'A line with the time every few seconds'
json\t'A JSON object a line'
none\t'Nothing'"
complete -c cpcctl -n "__fish_cpcctl_using_subcommand peers; and not __fish_seen_subcommand_from find" -l width -d 'Fit columns to so many characters, even in a pipe' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand peers; and not __fish_seen_subcommand_from find" -l local -d 'Speak to the daemon on this machine through its Unix socket, as its administrator'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand peers; and not __fish_seen_subcommand_from find" -s q -l quiet -d 'No notes and no progress on stderr'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand peers; and not __fish_seen_subcommand_from find" -s y -l yes -d 'Answer yes to every question'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand peers; and not __fish_seen_subcommand_from find" -l dry-run -d 'Check, show what would be sent to the server to change something, and do not send it'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand peers; and not __fish_seen_subcommand_from find" -l no-headers -d 'No titles above the columns'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand peers; and not __fish_seen_subcommand_from find" -l no-trunc -d 'Do not cut columns to the width of the terminal'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand peers; and not __fish_seen_subcommand_from find" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand peers; and not __fish_seen_subcommand_from find" -f -a "find" -d 'Finds peers that live, best first'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand peers; and __fish_seen_subcommand_from find" -l namespace -d 'Only those that are to be found under this namespace' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand peers; and __fish_seen_subcommand_from find" -l label -d 'Only those with this label; several: with all of them' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand peers; and __fish_seen_subcommand_from find" -l realm -d 'Only those of this realm' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand peers; and __fish_seen_subcommand_from find" -l limit -d 'At most so many' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand peers; and __fish_seen_subcommand_from find" -l endpoint -d 'Where cpcd listens: https://HOST:PORT, http://HOST:PORT or unix:///PATH; also CPCCTL_ENDPOINT [default: that of the context, else http://127.0.0.1:50051]' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand peers; and __fish_seen_subcommand_from find" -l socket -d 'The socket for --local; also CPCCTL_SOCKET [default: cpcd.sock in cpcd\'s data directory]' -r -F
complete -c cpcctl -n "__fish_cpcctl_using_subcommand peers; and __fish_seen_subcommand_from find" -l ca-file -d 'Certificates (PEM) of the authorities to believe over https, in place of the system\'s; also CPCCTL_CA_FILE' -r -F
complete -c cpcctl -n "__fish_cpcctl_using_subcommand peers; and __fish_seen_subcommand_from find" -l tls-pin -d 'The public key that the server must have over https, as `cpcd tls show` prints it; also CPCCTL_TLS_PIN' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand peers; and __fish_seen_subcommand_from find" -l context -d 'The context to use: a server and who one is there; also CPCCTL_CONTEXT [default: the one that `context use` chose, else default]' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand peers; and __fish_seen_subcommand_from find" -l token-file -d 'Read the access token from a file, - for stdin; CPCCTL_TOKEN holds the token itself' -r -F
complete -c cpcctl -n "__fish_cpcctl_using_subcommand peers; and __fish_seen_subcommand_from find" -s o -l output -d 'How data is written' -r -f -a "table\t'Columns for people'
json\t'One JSON value; a list is one array'
ndjson\t'One JSON value a line'
name\t'Names or ids alone, one a line'"
complete -c cpcctl -n "__fish_cpcctl_using_subcommand peers; and __fish_seen_subcommand_from find" -l timeout -d 'How long an answer may take: 500ms, 2s, 1m' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand peers; and __fish_seen_subcommand_from find" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR or TERM=dumb says otherwise'
always\t'Everywhere'
never\t'Nowhere'"
complete -c cpcctl -n "__fish_cpcctl_using_subcommand peers; and __fish_seen_subcommand_from find" -l progress -d 'How to show progress' -r -f -a "auto\t'A bar on a terminal, plain lines elsewhere, nothing with --quiet'
bar\t'A bar'
plain\t'A line with the time every few seconds'
json\t'A JSON object a line'
none\t'Nothing'"
complete -c cpcctl -n "__fish_cpcctl_using_subcommand peers; and __fish_seen_subcommand_from find" -l width -d 'Fit columns to so many characters, even in a pipe' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand peers; and __fish_seen_subcommand_from find" -l local -d 'Speak to the daemon on this machine through its Unix socket, as its administrator'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand peers; and __fish_seen_subcommand_from find" -s q -l quiet -d 'No notes and no progress on stderr'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand peers; and __fish_seen_subcommand_from find" -s y -l yes -d 'Answer yes to every question'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand peers; and __fish_seen_subcommand_from find" -l dry-run -d 'Check, show what would be sent to the server to change something, and do not send it'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand peers; and __fish_seen_subcommand_from find" -l no-headers -d 'No titles above the columns'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand peers; and __fish_seen_subcommand_from find" -l no-trunc -d 'Do not cut columns to the width of the terminal'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand peers; and __fish_seen_subcommand_from find" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand token; and not __fish_seen_subcommand_from create list revoke" -l endpoint -d 'Where cpcd listens: https://HOST:PORT, http://HOST:PORT or unix:///PATH; also CPCCTL_ENDPOINT [default: that of the context, else http://127.0.0.1:50051]' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand token; and not __fish_seen_subcommand_from create list revoke" -l socket -d 'The socket for --local; also CPCCTL_SOCKET [default: cpcd.sock in cpcd\'s data directory]' -r -F
complete -c cpcctl -n "__fish_cpcctl_using_subcommand token; and not __fish_seen_subcommand_from create list revoke" -l ca-file -d 'Certificates (PEM) of the authorities to believe over https, in place of the system\'s; also CPCCTL_CA_FILE' -r -F
complete -c cpcctl -n "__fish_cpcctl_using_subcommand token; and not __fish_seen_subcommand_from create list revoke" -l tls-pin -d 'The public key that the server must have over https, as `cpcd tls show` prints it; also CPCCTL_TLS_PIN' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand token; and not __fish_seen_subcommand_from create list revoke" -l context -d 'The context to use: a server and who one is there; also CPCCTL_CONTEXT [default: the one that `context use` chose, else default]' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand token; and not __fish_seen_subcommand_from create list revoke" -l token-file -d 'Read the access token from a file, - for stdin; CPCCTL_TOKEN holds the token itself' -r -F
complete -c cpcctl -n "__fish_cpcctl_using_subcommand token; and not __fish_seen_subcommand_from create list revoke" -s o -l output -d 'How data is written' -r -f -a "table\t'Columns for people'
json\t'One JSON value; a list is one array'
ndjson\t'One JSON value a line'
name\t'Names or ids alone, one a line'"
complete -c cpcctl -n "__fish_cpcctl_using_subcommand token; and not __fish_seen_subcommand_from create list revoke" -l timeout -d 'How long an answer may take: 500ms, 2s, 1m' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand token; and not __fish_seen_subcommand_from create list revoke" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR or TERM=dumb says otherwise'
always\t'Everywhere'
never\t'Nowhere'"
complete -c cpcctl -n "__fish_cpcctl_using_subcommand token; and not __fish_seen_subcommand_from create list revoke" -l progress -d 'How to show progress' -r -f -a "auto\t'A bar on a terminal, plain lines elsewhere, nothing with --quiet'
bar\t'A bar'
plain\t'A line with the time every few seconds'
json\t'A JSON object a line'
none\t'Nothing'"
complete -c cpcctl -n "__fish_cpcctl_using_subcommand token; and not __fish_seen_subcommand_from create list revoke" -l width -d 'Fit columns to so many characters, even in a pipe' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand token; and not __fish_seen_subcommand_from create list revoke" -l local -d 'Speak to the daemon on this machine through its Unix socket, as its administrator'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand token; and not __fish_seen_subcommand_from create list revoke" -s q -l quiet -d 'No notes and no progress on stderr'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand token; and not __fish_seen_subcommand_from create list revoke" -s y -l yes -d 'Answer yes to every question'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand token; and not __fish_seen_subcommand_from create list revoke" -l dry-run -d 'Check, show what would be sent to the server to change something, and do not send it'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand token; and not __fish_seen_subcommand_from create list revoke" -l no-headers -d 'No titles above the columns'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand token; and not __fish_seen_subcommand_from create list revoke" -l no-trunc -d 'Do not cut columns to the width of the terminal'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand token; and not __fish_seen_subcommand_from create list revoke" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand token; and not __fish_seen_subcommand_from create list revoke" -f -a "create" -d 'Makes a service token, with which a program acts for you, and shows its text, this once'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand token; and not __fish_seen_subcommand_from create list revoke" -f -a "list" -d 'Lists service tokens, your own or those of a user'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand token; and not __fish_seen_subcommand_from create list revoke" -f -a "revoke" -d 'Takes service tokens back: programs that have them are refused at once'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand token; and __fish_seen_subcommand_from create" -l permission -d 'What it may do: a resource and a level, and after @ what it is narrowed to' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand token; and __fish_seen_subcommand_from create" -l ttl -d 'How long it is good: 30m, 12h, 7d; at most 365d' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand token; and __fish_seen_subcommand_from create" -l endpoint -d 'Where cpcd listens: https://HOST:PORT, http://HOST:PORT or unix:///PATH; also CPCCTL_ENDPOINT [default: that of the context, else http://127.0.0.1:50051]' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand token; and __fish_seen_subcommand_from create" -l socket -d 'The socket for --local; also CPCCTL_SOCKET [default: cpcd.sock in cpcd\'s data directory]' -r -F
complete -c cpcctl -n "__fish_cpcctl_using_subcommand token; and __fish_seen_subcommand_from create" -l ca-file -d 'Certificates (PEM) of the authorities to believe over https, in place of the system\'s; also CPCCTL_CA_FILE' -r -F
complete -c cpcctl -n "__fish_cpcctl_using_subcommand token; and __fish_seen_subcommand_from create" -l tls-pin -d 'The public key that the server must have over https, as `cpcd tls show` prints it; also CPCCTL_TLS_PIN' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand token; and __fish_seen_subcommand_from create" -l context -d 'The context to use: a server and who one is there; also CPCCTL_CONTEXT [default: the one that `context use` chose, else default]' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand token; and __fish_seen_subcommand_from create" -l token-file -d 'Read the access token from a file, - for stdin; CPCCTL_TOKEN holds the token itself' -r -F
complete -c cpcctl -n "__fish_cpcctl_using_subcommand token; and __fish_seen_subcommand_from create" -s o -l output -d 'How data is written' -r -f -a "table\t'Columns for people'
json\t'One JSON value; a list is one array'
ndjson\t'One JSON value a line'
name\t'Names or ids alone, one a line'"
complete -c cpcctl -n "__fish_cpcctl_using_subcommand token; and __fish_seen_subcommand_from create" -l timeout -d 'How long an answer may take: 500ms, 2s, 1m' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand token; and __fish_seen_subcommand_from create" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR or TERM=dumb says otherwise'
always\t'Everywhere'
never\t'Nowhere'"
complete -c cpcctl -n "__fish_cpcctl_using_subcommand token; and __fish_seen_subcommand_from create" -l progress -d 'How to show progress' -r -f -a "auto\t'A bar on a terminal, plain lines elsewhere, nothing with --quiet'
bar\t'A bar'
plain\t'A line with the time every few seconds'
json\t'A JSON object a line'
none\t'Nothing'"
complete -c cpcctl -n "__fish_cpcctl_using_subcommand token; and __fish_seen_subcommand_from create" -l width -d 'Fit columns to so many characters, even in a pipe' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand token; and __fish_seen_subcommand_from create" -l local -d 'Speak to the daemon on this machine through its Unix socket, as its administrator'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand token; and __fish_seen_subcommand_from create" -s q -l quiet -d 'No notes and no progress on stderr'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand token; and __fish_seen_subcommand_from create" -s y -l yes -d 'Answer yes to every question'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand token; and __fish_seen_subcommand_from create" -l dry-run -d 'Check, show what would be sent to the server to change something, and do not send it'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand token; and __fish_seen_subcommand_from create" -l no-headers -d 'No titles above the columns'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand token; and __fish_seen_subcommand_from create" -l no-trunc -d 'Do not cut columns to the width of the terminal'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand token; and __fish_seen_subcommand_from create" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand token; and __fish_seen_subcommand_from list" -l user -d 'Whose: a name or an id [default: your own]' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand token; and __fish_seen_subcommand_from list" -l endpoint -d 'Where cpcd listens: https://HOST:PORT, http://HOST:PORT or unix:///PATH; also CPCCTL_ENDPOINT [default: that of the context, else http://127.0.0.1:50051]' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand token; and __fish_seen_subcommand_from list" -l socket -d 'The socket for --local; also CPCCTL_SOCKET [default: cpcd.sock in cpcd\'s data directory]' -r -F
complete -c cpcctl -n "__fish_cpcctl_using_subcommand token; and __fish_seen_subcommand_from list" -l ca-file -d 'Certificates (PEM) of the authorities to believe over https, in place of the system\'s; also CPCCTL_CA_FILE' -r -F
complete -c cpcctl -n "__fish_cpcctl_using_subcommand token; and __fish_seen_subcommand_from list" -l tls-pin -d 'The public key that the server must have over https, as `cpcd tls show` prints it; also CPCCTL_TLS_PIN' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand token; and __fish_seen_subcommand_from list" -l context -d 'The context to use: a server and who one is there; also CPCCTL_CONTEXT [default: the one that `context use` chose, else default]' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand token; and __fish_seen_subcommand_from list" -l token-file -d 'Read the access token from a file, - for stdin; CPCCTL_TOKEN holds the token itself' -r -F
complete -c cpcctl -n "__fish_cpcctl_using_subcommand token; and __fish_seen_subcommand_from list" -s o -l output -d 'How data is written' -r -f -a "table\t'Columns for people'
json\t'One JSON value; a list is one array'
ndjson\t'One JSON value a line'
name\t'Names or ids alone, one a line'"
complete -c cpcctl -n "__fish_cpcctl_using_subcommand token; and __fish_seen_subcommand_from list" -l timeout -d 'How long an answer may take: 500ms, 2s, 1m' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand token; and __fish_seen_subcommand_from list" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR or TERM=dumb says otherwise'
always\t'Everywhere'
never\t'Nowhere'"
complete -c cpcctl -n "__fish_cpcctl_using_subcommand token; and __fish_seen_subcommand_from list" -l progress -d 'How to show progress' -r -f -a "auto\t'A bar on a terminal, plain lines elsewhere, nothing with --quiet'
bar\t'A bar'
plain\t'A line with the time every few seconds'
json\t'A JSON object a line'
none\t'Nothing'"
complete -c cpcctl -n "__fish_cpcctl_using_subcommand token; and __fish_seen_subcommand_from list" -l width -d 'Fit columns to so many characters, even in a pipe' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand token; and __fish_seen_subcommand_from list" -l local -d 'Speak to the daemon on this machine through its Unix socket, as its administrator'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand token; and __fish_seen_subcommand_from list" -s q -l quiet -d 'No notes and no progress on stderr'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand token; and __fish_seen_subcommand_from list" -s y -l yes -d 'Answer yes to every question'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand token; and __fish_seen_subcommand_from list" -l dry-run -d 'Check, show what would be sent to the server to change something, and do not send it'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand token; and __fish_seen_subcommand_from list" -l no-headers -d 'No titles above the columns'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand token; and __fish_seen_subcommand_from list" -l no-trunc -d 'Do not cut columns to the width of the terminal'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand token; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand token; and __fish_seen_subcommand_from revoke" -l endpoint -d 'Where cpcd listens: https://HOST:PORT, http://HOST:PORT or unix:///PATH; also CPCCTL_ENDPOINT [default: that of the context, else http://127.0.0.1:50051]' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand token; and __fish_seen_subcommand_from revoke" -l socket -d 'The socket for --local; also CPCCTL_SOCKET [default: cpcd.sock in cpcd\'s data directory]' -r -F
complete -c cpcctl -n "__fish_cpcctl_using_subcommand token; and __fish_seen_subcommand_from revoke" -l ca-file -d 'Certificates (PEM) of the authorities to believe over https, in place of the system\'s; also CPCCTL_CA_FILE' -r -F
complete -c cpcctl -n "__fish_cpcctl_using_subcommand token; and __fish_seen_subcommand_from revoke" -l tls-pin -d 'The public key that the server must have over https, as `cpcd tls show` prints it; also CPCCTL_TLS_PIN' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand token; and __fish_seen_subcommand_from revoke" -l context -d 'The context to use: a server and who one is there; also CPCCTL_CONTEXT [default: the one that `context use` chose, else default]' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand token; and __fish_seen_subcommand_from revoke" -l token-file -d 'Read the access token from a file, - for stdin; CPCCTL_TOKEN holds the token itself' -r -F
complete -c cpcctl -n "__fish_cpcctl_using_subcommand token; and __fish_seen_subcommand_from revoke" -s o -l output -d 'How data is written' -r -f -a "table\t'Columns for people'
json\t'One JSON value; a list is one array'
ndjson\t'One JSON value a line'
name\t'Names or ids alone, one a line'"
complete -c cpcctl -n "__fish_cpcctl_using_subcommand token; and __fish_seen_subcommand_from revoke" -l timeout -d 'How long an answer may take: 500ms, 2s, 1m' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand token; and __fish_seen_subcommand_from revoke" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR or TERM=dumb says otherwise'
always\t'Everywhere'
never\t'Nowhere'"
complete -c cpcctl -n "__fish_cpcctl_using_subcommand token; and __fish_seen_subcommand_from revoke" -l progress -d 'How to show progress' -r -f -a "auto\t'A bar on a terminal, plain lines elsewhere, nothing with --quiet'
bar\t'A bar'
plain\t'A line with the time every few seconds'
json\t'A JSON object a line'
none\t'Nothing'"
complete -c cpcctl -n "__fish_cpcctl_using_subcommand token; and __fish_seen_subcommand_from revoke" -l width -d 'Fit columns to so many characters, even in a pipe' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand token; and __fish_seen_subcommand_from revoke" -l local -d 'Speak to the daemon on this machine through its Unix socket, as its administrator'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand token; and __fish_seen_subcommand_from revoke" -s q -l quiet -d 'No notes and no progress on stderr'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand token; and __fish_seen_subcommand_from revoke" -s y -l yes -d 'Answer yes to every question'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand token; and __fish_seen_subcommand_from revoke" -l dry-run -d 'Check, show what would be sent to the server to change something, and do not send it'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand token; and __fish_seen_subcommand_from revoke" -l no-headers -d 'No titles above the columns'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand token; and __fish_seen_subcommand_from revoke" -l no-trunc -d 'Do not cut columns to the width of the terminal'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand token; and __fish_seen_subcommand_from revoke" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand token-key; and not __fish_seen_subcommand_from list rotate" -l endpoint -d 'Where cpcd listens: https://HOST:PORT, http://HOST:PORT or unix:///PATH; also CPCCTL_ENDPOINT [default: that of the context, else http://127.0.0.1:50051]' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand token-key; and not __fish_seen_subcommand_from list rotate" -l socket -d 'The socket for --local; also CPCCTL_SOCKET [default: cpcd.sock in cpcd\'s data directory]' -r -F
complete -c cpcctl -n "__fish_cpcctl_using_subcommand token-key; and not __fish_seen_subcommand_from list rotate" -l ca-file -d 'Certificates (PEM) of the authorities to believe over https, in place of the system\'s; also CPCCTL_CA_FILE' -r -F
complete -c cpcctl -n "__fish_cpcctl_using_subcommand token-key; and not __fish_seen_subcommand_from list rotate" -l tls-pin -d 'The public key that the server must have over https, as `cpcd tls show` prints it; also CPCCTL_TLS_PIN' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand token-key; and not __fish_seen_subcommand_from list rotate" -l context -d 'The context to use: a server and who one is there; also CPCCTL_CONTEXT [default: the one that `context use` chose, else default]' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand token-key; and not __fish_seen_subcommand_from list rotate" -l token-file -d 'Read the access token from a file, - for stdin; CPCCTL_TOKEN holds the token itself' -r -F
complete -c cpcctl -n "__fish_cpcctl_using_subcommand token-key; and not __fish_seen_subcommand_from list rotate" -s o -l output -d 'How data is written' -r -f -a "table\t'Columns for people'
json\t'One JSON value; a list is one array'
ndjson\t'One JSON value a line'
name\t'Names or ids alone, one a line'"
complete -c cpcctl -n "__fish_cpcctl_using_subcommand token-key; and not __fish_seen_subcommand_from list rotate" -l timeout -d 'How long an answer may take: 500ms, 2s, 1m' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand token-key; and not __fish_seen_subcommand_from list rotate" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR or TERM=dumb says otherwise'
always\t'Everywhere'
never\t'Nowhere'"
complete -c cpcctl -n "__fish_cpcctl_using_subcommand token-key; and not __fish_seen_subcommand_from list rotate" -l progress -d 'How to show progress' -r -f -a "auto\t'A bar on a terminal, plain lines elsewhere, nothing with --quiet'
bar\t'A bar'
plain\t'A line with the time every few seconds'
json\t'A JSON object a line'
none\t'Nothing'"
complete -c cpcctl -n "__fish_cpcctl_using_subcommand token-key; and not __fish_seen_subcommand_from list rotate" -l width -d 'Fit columns to so many characters, even in a pipe' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand token-key; and not __fish_seen_subcommand_from list rotate" -l local -d 'Speak to the daemon on this machine through its Unix socket, as its administrator'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand token-key; and not __fish_seen_subcommand_from list rotate" -s q -l quiet -d 'No notes and no progress on stderr'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand token-key; and not __fish_seen_subcommand_from list rotate" -s y -l yes -d 'Answer yes to every question'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand token-key; and not __fish_seen_subcommand_from list rotate" -l dry-run -d 'Check, show what would be sent to the server to change something, and do not send it'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand token-key; and not __fish_seen_subcommand_from list rotate" -l no-headers -d 'No titles above the columns'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand token-key; and not __fish_seen_subcommand_from list rotate" -l no-trunc -d 'Do not cut columns to the width of the terminal'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand token-key; and not __fish_seen_subcommand_from list rotate" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand token-key; and not __fish_seen_subcommand_from list rotate" -f -a "list" -d 'Lists the keys that sign tokens, or did'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand token-key; and not __fish_seen_subcommand_from list rotate" -f -a "rotate" -d 'Makes a new key sign tokens, while everything goes on'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand token-key; and __fish_seen_subcommand_from list" -l endpoint -d 'Where cpcd listens: https://HOST:PORT, http://HOST:PORT or unix:///PATH; also CPCCTL_ENDPOINT [default: that of the context, else http://127.0.0.1:50051]' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand token-key; and __fish_seen_subcommand_from list" -l socket -d 'The socket for --local; also CPCCTL_SOCKET [default: cpcd.sock in cpcd\'s data directory]' -r -F
complete -c cpcctl -n "__fish_cpcctl_using_subcommand token-key; and __fish_seen_subcommand_from list" -l ca-file -d 'Certificates (PEM) of the authorities to believe over https, in place of the system\'s; also CPCCTL_CA_FILE' -r -F
complete -c cpcctl -n "__fish_cpcctl_using_subcommand token-key; and __fish_seen_subcommand_from list" -l tls-pin -d 'The public key that the server must have over https, as `cpcd tls show` prints it; also CPCCTL_TLS_PIN' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand token-key; and __fish_seen_subcommand_from list" -l context -d 'The context to use: a server and who one is there; also CPCCTL_CONTEXT [default: the one that `context use` chose, else default]' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand token-key; and __fish_seen_subcommand_from list" -l token-file -d 'Read the access token from a file, - for stdin; CPCCTL_TOKEN holds the token itself' -r -F
complete -c cpcctl -n "__fish_cpcctl_using_subcommand token-key; and __fish_seen_subcommand_from list" -s o -l output -d 'How data is written' -r -f -a "table\t'Columns for people'
json\t'One JSON value; a list is one array'
ndjson\t'One JSON value a line'
name\t'Names or ids alone, one a line'"
complete -c cpcctl -n "__fish_cpcctl_using_subcommand token-key; and __fish_seen_subcommand_from list" -l timeout -d 'How long an answer may take: 500ms, 2s, 1m' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand token-key; and __fish_seen_subcommand_from list" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR or TERM=dumb says otherwise'
always\t'Everywhere'
never\t'Nowhere'"
complete -c cpcctl -n "__fish_cpcctl_using_subcommand token-key; and __fish_seen_subcommand_from list" -l progress -d 'How to show progress' -r -f -a "auto\t'A bar on a terminal, plain lines elsewhere, nothing with --quiet'
bar\t'A bar'
plain\t'A line with the time every few seconds'
json\t'A JSON object a line'
none\t'Nothing'"
complete -c cpcctl -n "__fish_cpcctl_using_subcommand token-key; and __fish_seen_subcommand_from list" -l width -d 'Fit columns to so many characters, even in a pipe' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand token-key; and __fish_seen_subcommand_from list" -l local -d 'Speak to the daemon on this machine through its Unix socket, as its administrator'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand token-key; and __fish_seen_subcommand_from list" -s q -l quiet -d 'No notes and no progress on stderr'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand token-key; and __fish_seen_subcommand_from list" -s y -l yes -d 'Answer yes to every question'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand token-key; and __fish_seen_subcommand_from list" -l dry-run -d 'Check, show what would be sent to the server to change something, and do not send it'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand token-key; and __fish_seen_subcommand_from list" -l no-headers -d 'No titles above the columns'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand token-key; and __fish_seen_subcommand_from list" -l no-trunc -d 'Do not cut columns to the width of the terminal'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand token-key; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand token-key; and __fish_seen_subcommand_from rotate" -l endpoint -d 'Where cpcd listens: https://HOST:PORT, http://HOST:PORT or unix:///PATH; also CPCCTL_ENDPOINT [default: that of the context, else http://127.0.0.1:50051]' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand token-key; and __fish_seen_subcommand_from rotate" -l socket -d 'The socket for --local; also CPCCTL_SOCKET [default: cpcd.sock in cpcd\'s data directory]' -r -F
complete -c cpcctl -n "__fish_cpcctl_using_subcommand token-key; and __fish_seen_subcommand_from rotate" -l ca-file -d 'Certificates (PEM) of the authorities to believe over https, in place of the system\'s; also CPCCTL_CA_FILE' -r -F
complete -c cpcctl -n "__fish_cpcctl_using_subcommand token-key; and __fish_seen_subcommand_from rotate" -l tls-pin -d 'The public key that the server must have over https, as `cpcd tls show` prints it; also CPCCTL_TLS_PIN' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand token-key; and __fish_seen_subcommand_from rotate" -l context -d 'The context to use: a server and who one is there; also CPCCTL_CONTEXT [default: the one that `context use` chose, else default]' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand token-key; and __fish_seen_subcommand_from rotate" -l token-file -d 'Read the access token from a file, - for stdin; CPCCTL_TOKEN holds the token itself' -r -F
complete -c cpcctl -n "__fish_cpcctl_using_subcommand token-key; and __fish_seen_subcommand_from rotate" -s o -l output -d 'How data is written' -r -f -a "table\t'Columns for people'
json\t'One JSON value; a list is one array'
ndjson\t'One JSON value a line'
name\t'Names or ids alone, one a line'"
complete -c cpcctl -n "__fish_cpcctl_using_subcommand token-key; and __fish_seen_subcommand_from rotate" -l timeout -d 'How long an answer may take: 500ms, 2s, 1m' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand token-key; and __fish_seen_subcommand_from rotate" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR or TERM=dumb says otherwise'
always\t'Everywhere'
never\t'Nowhere'"
complete -c cpcctl -n "__fish_cpcctl_using_subcommand token-key; and __fish_seen_subcommand_from rotate" -l progress -d 'How to show progress' -r -f -a "auto\t'A bar on a terminal, plain lines elsewhere, nothing with --quiet'
bar\t'A bar'
plain\t'A line with the time every few seconds'
json\t'A JSON object a line'
none\t'Nothing'"
complete -c cpcctl -n "__fish_cpcctl_using_subcommand token-key; and __fish_seen_subcommand_from rotate" -l width -d 'Fit columns to so many characters, even in a pipe' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand token-key; and __fish_seen_subcommand_from rotate" -l now -d 'In an emergency: drop all other keys and end all sessions at once'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand token-key; and __fish_seen_subcommand_from rotate" -l local -d 'Speak to the daemon on this machine through its Unix socket, as its administrator'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand token-key; and __fish_seen_subcommand_from rotate" -s q -l quiet -d 'No notes and no progress on stderr'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand token-key; and __fish_seen_subcommand_from rotate" -s y -l yes -d 'Answer yes to every question'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand token-key; and __fish_seen_subcommand_from rotate" -l dry-run -d 'Check, show what would be sent to the server to change something, and do not send it'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand token-key; and __fish_seen_subcommand_from rotate" -l no-headers -d 'No titles above the columns'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand token-key; and __fish_seen_subcommand_from rotate" -l no-trunc -d 'Do not cut columns to the width of the terminal'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand token-key; and __fish_seen_subcommand_from rotate" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand content; and not __fish_seen_subcommand_from publish get list delete" -l endpoint -d 'Where cpcd listens: https://HOST:PORT, http://HOST:PORT or unix:///PATH; also CPCCTL_ENDPOINT [default: that of the context, else http://127.0.0.1:50051]' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand content; and not __fish_seen_subcommand_from publish get list delete" -l socket -d 'The socket for --local; also CPCCTL_SOCKET [default: cpcd.sock in cpcd\'s data directory]' -r -F
complete -c cpcctl -n "__fish_cpcctl_using_subcommand content; and not __fish_seen_subcommand_from publish get list delete" -l ca-file -d 'Certificates (PEM) of the authorities to believe over https, in place of the system\'s; also CPCCTL_CA_FILE' -r -F
complete -c cpcctl -n "__fish_cpcctl_using_subcommand content; and not __fish_seen_subcommand_from publish get list delete" -l tls-pin -d 'The public key that the server must have over https, as `cpcd tls show` prints it; also CPCCTL_TLS_PIN' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand content; and not __fish_seen_subcommand_from publish get list delete" -l context -d 'The context to use: a server and who one is there; also CPCCTL_CONTEXT [default: the one that `context use` chose, else default]' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand content; and not __fish_seen_subcommand_from publish get list delete" -l token-file -d 'Read the access token from a file, - for stdin; CPCCTL_TOKEN holds the token itself' -r -F
complete -c cpcctl -n "__fish_cpcctl_using_subcommand content; and not __fish_seen_subcommand_from publish get list delete" -s o -l output -d 'How data is written' -r -f -a "table\t'Columns for people'
json\t'One JSON value; a list is one array'
ndjson\t'One JSON value a line'
name\t'Names or ids alone, one a line'"
complete -c cpcctl -n "__fish_cpcctl_using_subcommand content; and not __fish_seen_subcommand_from publish get list delete" -l timeout -d 'How long an answer may take: 500ms, 2s, 1m' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand content; and not __fish_seen_subcommand_from publish get list delete" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR or TERM=dumb says otherwise'
always\t'Everywhere'
never\t'Nowhere'"
complete -c cpcctl -n "__fish_cpcctl_using_subcommand content; and not __fish_seen_subcommand_from publish get list delete" -l progress -d 'How to show progress' -r -f -a "auto\t'A bar on a terminal, plain lines elsewhere, nothing with --quiet'
bar\t'A bar'
plain\t'A line with the time every few seconds'
json\t'A JSON object a line'
none\t'Nothing'"
complete -c cpcctl -n "__fish_cpcctl_using_subcommand content; and not __fish_seen_subcommand_from publish get list delete" -l width -d 'Fit columns to so many characters, even in a pipe' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand content; and not __fish_seen_subcommand_from publish get list delete" -l local -d 'Speak to the daemon on this machine through its Unix socket, as its administrator'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand content; and not __fish_seen_subcommand_from publish get list delete" -s q -l quiet -d 'No notes and no progress on stderr'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand content; and not __fish_seen_subcommand_from publish get list delete" -s y -l yes -d 'Answer yes to every question'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand content; and not __fish_seen_subcommand_from publish get list delete" -l dry-run -d 'Check, show what would be sent to the server to change something, and do not send it'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand content; and not __fish_seen_subcommand_from publish get list delete" -l no-headers -d 'No titles above the columns'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand content; and not __fish_seen_subcommand_from publish get list delete" -l no-trunc -d 'Do not cut columns to the width of the terminal'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand content; and not __fish_seen_subcommand_from publish get list delete" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand content; and not __fish_seen_subcommand_from publish get list delete" -f -a "publish" -d 'Publishes content, or changes what you published before under the same cid or request id'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand content; and not __fish_seen_subcommand_from publish get list delete" -f -a "get" -d 'Shows content by its id'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand content; and not __fish_seen_subcommand_from publish get list delete" -f -a "list" -d 'Lists the content that you may see, newest first'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand content; and not __fish_seen_subcommand_from publish get list delete" -f -a "delete" -d 'Deletes content for good'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand content; and __fish_seen_subcommand_from publish" -l from -d 'Publish the lines of a file, - for stdin' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand content; and __fish_seen_subcommand_from publish" -l retry-for -d 'How long to try again when the connection breaks; 0s for not at all' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand content; and __fish_seen_subcommand_from publish" -l title -d 'The title: 1 to 255 characters' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand content; and __fish_seen_subcommand_from publish" -l description -d 'The description, @FILE to read it from a file, @- from stdin' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand content; and __fish_seen_subcommand_from publish" -l tag -d 'A tag; several times for several' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand content; and __fish_seen_subcommand_from publish" -l cid -d 'The content\'s address: a CID, or a multihash in multibase' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand content; and __fish_seen_subcommand_from publish" -l size -d 'The content\'s size in bytes' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand content; and __fish_seen_subcommand_from publish" -l media-type -d 'The media type, such as text/plain' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand content; and __fish_seen_subcommand_from publish" -l visibility -d 'Who may see it [default: public]' -r -f -a "public\t'Everyone who may search'
friends\t'You and your friends'
private\t'You alone'"
complete -c cpcctl -n "__fish_cpcctl_using_subcommand content; and __fish_seen_subcommand_from publish" -l request-id -d 'A name of your own, which makes repeating and changing safe without a cid' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand content; and __fish_seen_subcommand_from publish" -l id -d 'The id of existing content to change' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand content; and __fish_seen_subcommand_from publish" -l endpoint -d 'Where cpcd listens: https://HOST:PORT, http://HOST:PORT or unix:///PATH; also CPCCTL_ENDPOINT [default: that of the context, else http://127.0.0.1:50051]' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand content; and __fish_seen_subcommand_from publish" -l socket -d 'The socket for --local; also CPCCTL_SOCKET [default: cpcd.sock in cpcd\'s data directory]' -r -F
complete -c cpcctl -n "__fish_cpcctl_using_subcommand content; and __fish_seen_subcommand_from publish" -l ca-file -d 'Certificates (PEM) of the authorities to believe over https, in place of the system\'s; also CPCCTL_CA_FILE' -r -F
complete -c cpcctl -n "__fish_cpcctl_using_subcommand content; and __fish_seen_subcommand_from publish" -l tls-pin -d 'The public key that the server must have over https, as `cpcd tls show` prints it; also CPCCTL_TLS_PIN' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand content; and __fish_seen_subcommand_from publish" -l context -d 'The context to use: a server and who one is there; also CPCCTL_CONTEXT [default: the one that `context use` chose, else default]' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand content; and __fish_seen_subcommand_from publish" -l token-file -d 'Read the access token from a file, - for stdin; CPCCTL_TOKEN holds the token itself' -r -F
complete -c cpcctl -n "__fish_cpcctl_using_subcommand content; and __fish_seen_subcommand_from publish" -s o -l output -d 'How data is written' -r -f -a "table\t'Columns for people'
json\t'One JSON value; a list is one array'
ndjson\t'One JSON value a line'
name\t'Names or ids alone, one a line'"
complete -c cpcctl -n "__fish_cpcctl_using_subcommand content; and __fish_seen_subcommand_from publish" -l timeout -d 'How long an answer may take: 500ms, 2s, 1m' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand content; and __fish_seen_subcommand_from publish" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR or TERM=dumb says otherwise'
always\t'Everywhere'
never\t'Nowhere'"
complete -c cpcctl -n "__fish_cpcctl_using_subcommand content; and __fish_seen_subcommand_from publish" -l progress -d 'How to show progress' -r -f -a "auto\t'A bar on a terminal, plain lines elsewhere, nothing with --quiet'
bar\t'A bar'
plain\t'A line with the time every few seconds'
json\t'A JSON object a line'
none\t'Nothing'"
complete -c cpcctl -n "__fish_cpcctl_using_subcommand content; and __fish_seen_subcommand_from publish" -l width -d 'Fit columns to so many characters, even in a pipe' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand content; and __fish_seen_subcommand_from publish" -l wait -d 'Return only once it can be found by a search, for as long as --timeout says'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand content; and __fish_seen_subcommand_from publish" -l local -d 'Speak to the daemon on this machine through its Unix socket, as its administrator'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand content; and __fish_seen_subcommand_from publish" -s q -l quiet -d 'No notes and no progress on stderr'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand content; and __fish_seen_subcommand_from publish" -s y -l yes -d 'Answer yes to every question'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand content; and __fish_seen_subcommand_from publish" -l dry-run -d 'Check, show what would be sent to the server to change something, and do not send it'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand content; and __fish_seen_subcommand_from publish" -l no-headers -d 'No titles above the columns'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand content; and __fish_seen_subcommand_from publish" -l no-trunc -d 'Do not cut columns to the width of the terminal'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand content; and __fish_seen_subcommand_from publish" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand content; and __fish_seen_subcommand_from get" -l endpoint -d 'Where cpcd listens: https://HOST:PORT, http://HOST:PORT or unix:///PATH; also CPCCTL_ENDPOINT [default: that of the context, else http://127.0.0.1:50051]' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand content; and __fish_seen_subcommand_from get" -l socket -d 'The socket for --local; also CPCCTL_SOCKET [default: cpcd.sock in cpcd\'s data directory]' -r -F
complete -c cpcctl -n "__fish_cpcctl_using_subcommand content; and __fish_seen_subcommand_from get" -l ca-file -d 'Certificates (PEM) of the authorities to believe over https, in place of the system\'s; also CPCCTL_CA_FILE' -r -F
complete -c cpcctl -n "__fish_cpcctl_using_subcommand content; and __fish_seen_subcommand_from get" -l tls-pin -d 'The public key that the server must have over https, as `cpcd tls show` prints it; also CPCCTL_TLS_PIN' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand content; and __fish_seen_subcommand_from get" -l context -d 'The context to use: a server and who one is there; also CPCCTL_CONTEXT [default: the one that `context use` chose, else default]' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand content; and __fish_seen_subcommand_from get" -l token-file -d 'Read the access token from a file, - for stdin; CPCCTL_TOKEN holds the token itself' -r -F
complete -c cpcctl -n "__fish_cpcctl_using_subcommand content; and __fish_seen_subcommand_from get" -s o -l output -d 'How data is written' -r -f -a "table\t'Columns for people'
json\t'One JSON value; a list is one array'
ndjson\t'One JSON value a line'
name\t'Names or ids alone, one a line'"
complete -c cpcctl -n "__fish_cpcctl_using_subcommand content; and __fish_seen_subcommand_from get" -l timeout -d 'How long an answer may take: 500ms, 2s, 1m' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand content; and __fish_seen_subcommand_from get" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR or TERM=dumb says otherwise'
always\t'Everywhere'
never\t'Nowhere'"
complete -c cpcctl -n "__fish_cpcctl_using_subcommand content; and __fish_seen_subcommand_from get" -l progress -d 'How to show progress' -r -f -a "auto\t'A bar on a terminal, plain lines elsewhere, nothing with --quiet'
bar\t'A bar'
plain\t'A line with the time every few seconds'
json\t'A JSON object a line'
none\t'Nothing'"
complete -c cpcctl -n "__fish_cpcctl_using_subcommand content; and __fish_seen_subcommand_from get" -l width -d 'Fit columns to so many characters, even in a pipe' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand content; and __fish_seen_subcommand_from get" -l local -d 'Speak to the daemon on this machine through its Unix socket, as its administrator'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand content; and __fish_seen_subcommand_from get" -s q -l quiet -d 'No notes and no progress on stderr'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand content; and __fish_seen_subcommand_from get" -s y -l yes -d 'Answer yes to every question'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand content; and __fish_seen_subcommand_from get" -l dry-run -d 'Check, show what would be sent to the server to change something, and do not send it'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand content; and __fish_seen_subcommand_from get" -l no-headers -d 'No titles above the columns'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand content; and __fish_seen_subcommand_from get" -l no-trunc -d 'Do not cut columns to the width of the terminal'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand content; and __fish_seen_subcommand_from get" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand content; and __fish_seen_subcommand_from list" -l owner -d 'Only content of this user: an id, a name, or me' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand content; and __fish_seen_subcommand_from list" -l limit -d 'At most so many; 0 for all' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand content; and __fish_seen_subcommand_from list" -l page-token -d 'Go on where a page ended' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand content; and __fish_seen_subcommand_from list" -l endpoint -d 'Where cpcd listens: https://HOST:PORT, http://HOST:PORT or unix:///PATH; also CPCCTL_ENDPOINT [default: that of the context, else http://127.0.0.1:50051]' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand content; and __fish_seen_subcommand_from list" -l socket -d 'The socket for --local; also CPCCTL_SOCKET [default: cpcd.sock in cpcd\'s data directory]' -r -F
complete -c cpcctl -n "__fish_cpcctl_using_subcommand content; and __fish_seen_subcommand_from list" -l ca-file -d 'Certificates (PEM) of the authorities to believe over https, in place of the system\'s; also CPCCTL_CA_FILE' -r -F
complete -c cpcctl -n "__fish_cpcctl_using_subcommand content; and __fish_seen_subcommand_from list" -l tls-pin -d 'The public key that the server must have over https, as `cpcd tls show` prints it; also CPCCTL_TLS_PIN' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand content; and __fish_seen_subcommand_from list" -l context -d 'The context to use: a server and who one is there; also CPCCTL_CONTEXT [default: the one that `context use` chose, else default]' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand content; and __fish_seen_subcommand_from list" -l token-file -d 'Read the access token from a file, - for stdin; CPCCTL_TOKEN holds the token itself' -r -F
complete -c cpcctl -n "__fish_cpcctl_using_subcommand content; and __fish_seen_subcommand_from list" -s o -l output -d 'How data is written' -r -f -a "table\t'Columns for people'
json\t'One JSON value; a list is one array'
ndjson\t'One JSON value a line'
name\t'Names or ids alone, one a line'"
complete -c cpcctl -n "__fish_cpcctl_using_subcommand content; and __fish_seen_subcommand_from list" -l timeout -d 'How long an answer may take: 500ms, 2s, 1m' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand content; and __fish_seen_subcommand_from list" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR or TERM=dumb says otherwise'
always\t'Everywhere'
never\t'Nowhere'"
complete -c cpcctl -n "__fish_cpcctl_using_subcommand content; and __fish_seen_subcommand_from list" -l progress -d 'How to show progress' -r -f -a "auto\t'A bar on a terminal, plain lines elsewhere, nothing with --quiet'
bar\t'A bar'
plain\t'A line with the time every few seconds'
json\t'A JSON object a line'
none\t'Nothing'"
complete -c cpcctl -n "__fish_cpcctl_using_subcommand content; and __fish_seen_subcommand_from list" -l width -d 'Fit columns to so many characters, even in a pipe' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand content; and __fish_seen_subcommand_from list" -l local -d 'Speak to the daemon on this machine through its Unix socket, as its administrator'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand content; and __fish_seen_subcommand_from list" -s q -l quiet -d 'No notes and no progress on stderr'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand content; and __fish_seen_subcommand_from list" -s y -l yes -d 'Answer yes to every question'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand content; and __fish_seen_subcommand_from list" -l dry-run -d 'Check, show what would be sent to the server to change something, and do not send it'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand content; and __fish_seen_subcommand_from list" -l no-headers -d 'No titles above the columns'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand content; and __fish_seen_subcommand_from list" -l no-trunc -d 'Do not cut columns to the width of the terminal'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand content; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand content; and __fish_seen_subcommand_from delete" -l endpoint -d 'Where cpcd listens: https://HOST:PORT, http://HOST:PORT or unix:///PATH; also CPCCTL_ENDPOINT [default: that of the context, else http://127.0.0.1:50051]' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand content; and __fish_seen_subcommand_from delete" -l socket -d 'The socket for --local; also CPCCTL_SOCKET [default: cpcd.sock in cpcd\'s data directory]' -r -F
complete -c cpcctl -n "__fish_cpcctl_using_subcommand content; and __fish_seen_subcommand_from delete" -l ca-file -d 'Certificates (PEM) of the authorities to believe over https, in place of the system\'s; also CPCCTL_CA_FILE' -r -F
complete -c cpcctl -n "__fish_cpcctl_using_subcommand content; and __fish_seen_subcommand_from delete" -l tls-pin -d 'The public key that the server must have over https, as `cpcd tls show` prints it; also CPCCTL_TLS_PIN' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand content; and __fish_seen_subcommand_from delete" -l context -d 'The context to use: a server and who one is there; also CPCCTL_CONTEXT [default: the one that `context use` chose, else default]' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand content; and __fish_seen_subcommand_from delete" -l token-file -d 'Read the access token from a file, - for stdin; CPCCTL_TOKEN holds the token itself' -r -F
complete -c cpcctl -n "__fish_cpcctl_using_subcommand content; and __fish_seen_subcommand_from delete" -s o -l output -d 'How data is written' -r -f -a "table\t'Columns for people'
json\t'One JSON value; a list is one array'
ndjson\t'One JSON value a line'
name\t'Names or ids alone, one a line'"
complete -c cpcctl -n "__fish_cpcctl_using_subcommand content; and __fish_seen_subcommand_from delete" -l timeout -d 'How long an answer may take: 500ms, 2s, 1m' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand content; and __fish_seen_subcommand_from delete" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR or TERM=dumb says otherwise'
always\t'Everywhere'
never\t'Nowhere'"
complete -c cpcctl -n "__fish_cpcctl_using_subcommand content; and __fish_seen_subcommand_from delete" -l progress -d 'How to show progress' -r -f -a "auto\t'A bar on a terminal, plain lines elsewhere, nothing with --quiet'
bar\t'A bar'
plain\t'A line with the time every few seconds'
json\t'A JSON object a line'
none\t'Nothing'"
complete -c cpcctl -n "__fish_cpcctl_using_subcommand content; and __fish_seen_subcommand_from delete" -l width -d 'Fit columns to so many characters, even in a pipe' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand content; and __fish_seen_subcommand_from delete" -l local -d 'Speak to the daemon on this machine through its Unix socket, as its administrator'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand content; and __fish_seen_subcommand_from delete" -s q -l quiet -d 'No notes and no progress on stderr'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand content; and __fish_seen_subcommand_from delete" -s y -l yes -d 'Answer yes to every question'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand content; and __fish_seen_subcommand_from delete" -l dry-run -d 'Check, show what would be sent to the server to change something, and do not send it'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand content; and __fish_seen_subcommand_from delete" -l no-headers -d 'No titles above the columns'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand content; and __fish_seen_subcommand_from delete" -l no-trunc -d 'Do not cut columns to the width of the terminal'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand content; and __fish_seen_subcommand_from delete" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand migrate; and not __fish_seen_subcommand_from status plan up down" -l endpoint -d 'Where cpcd listens: https://HOST:PORT, http://HOST:PORT or unix:///PATH; also CPCCTL_ENDPOINT [default: that of the context, else http://127.0.0.1:50051]' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand migrate; and not __fish_seen_subcommand_from status plan up down" -l socket -d 'The socket for --local; also CPCCTL_SOCKET [default: cpcd.sock in cpcd\'s data directory]' -r -F
complete -c cpcctl -n "__fish_cpcctl_using_subcommand migrate; and not __fish_seen_subcommand_from status plan up down" -l ca-file -d 'Certificates (PEM) of the authorities to believe over https, in place of the system\'s; also CPCCTL_CA_FILE' -r -F
complete -c cpcctl -n "__fish_cpcctl_using_subcommand migrate; and not __fish_seen_subcommand_from status plan up down" -l tls-pin -d 'The public key that the server must have over https, as `cpcd tls show` prints it; also CPCCTL_TLS_PIN' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand migrate; and not __fish_seen_subcommand_from status plan up down" -l context -d 'The context to use: a server and who one is there; also CPCCTL_CONTEXT [default: the one that `context use` chose, else default]' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand migrate; and not __fish_seen_subcommand_from status plan up down" -l token-file -d 'Read the access token from a file, - for stdin; CPCCTL_TOKEN holds the token itself' -r -F
complete -c cpcctl -n "__fish_cpcctl_using_subcommand migrate; and not __fish_seen_subcommand_from status plan up down" -s o -l output -d 'How data is written' -r -f -a "table\t'Columns for people'
json\t'One JSON value; a list is one array'
ndjson\t'One JSON value a line'
name\t'Names or ids alone, one a line'"
complete -c cpcctl -n "__fish_cpcctl_using_subcommand migrate; and not __fish_seen_subcommand_from status plan up down" -l timeout -d 'How long an answer may take: 500ms, 2s, 1m' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand migrate; and not __fish_seen_subcommand_from status plan up down" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR or TERM=dumb says otherwise'
always\t'Everywhere'
never\t'Nowhere'"
complete -c cpcctl -n "__fish_cpcctl_using_subcommand migrate; and not __fish_seen_subcommand_from status plan up down" -l progress -d 'How to show progress' -r -f -a "auto\t'A bar on a terminal, plain lines elsewhere, nothing with --quiet'
bar\t'A bar'
plain\t'A line with the time every few seconds'
json\t'A JSON object a line'
none\t'Nothing'"
complete -c cpcctl -n "__fish_cpcctl_using_subcommand migrate; and not __fish_seen_subcommand_from status plan up down" -l width -d 'Fit columns to so many characters, even in a pipe' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand migrate; and not __fish_seen_subcommand_from status plan up down" -l local -d 'Speak to the daemon on this machine through its Unix socket, as its administrator'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand migrate; and not __fish_seen_subcommand_from status plan up down" -s q -l quiet -d 'No notes and no progress on stderr'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand migrate; and not __fish_seen_subcommand_from status plan up down" -s y -l yes -d 'Answer yes to every question'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand migrate; and not __fish_seen_subcommand_from status plan up down" -l dry-run -d 'Check, show what would be sent to the server to change something, and do not send it'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand migrate; and not __fish_seen_subcommand_from status plan up down" -l no-headers -d 'No titles above the columns'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand migrate; and not __fish_seen_subcommand_from status plan up down" -l no-trunc -d 'Do not cut columns to the width of the terminal'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand migrate; and not __fish_seen_subcommand_from status plan up down" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand migrate; and not __fish_seen_subcommand_from status plan up down" -f -a "status" -d 'Lists the migrations that the store has, and those that it waits for'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand migrate; and not __fish_seen_subcommand_from status plan up down" -f -a "plan" -d 'Prints the statements that `migrate up` or `migrate down` would run'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand migrate; and not __fish_seen_subcommand_from status plan up down" -f -a "up" -d 'Does the migrations that the store waits for'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand migrate; and not __fish_seen_subcommand_from status plan up down" -f -a "down" -d 'Takes migrations back, the last one first, before an older version is started'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand migrate; and __fish_seen_subcommand_from status" -l endpoint -d 'Where cpcd listens: https://HOST:PORT, http://HOST:PORT or unix:///PATH; also CPCCTL_ENDPOINT [default: that of the context, else http://127.0.0.1:50051]' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand migrate; and __fish_seen_subcommand_from status" -l socket -d 'The socket for --local; also CPCCTL_SOCKET [default: cpcd.sock in cpcd\'s data directory]' -r -F
complete -c cpcctl -n "__fish_cpcctl_using_subcommand migrate; and __fish_seen_subcommand_from status" -l ca-file -d 'Certificates (PEM) of the authorities to believe over https, in place of the system\'s; also CPCCTL_CA_FILE' -r -F
complete -c cpcctl -n "__fish_cpcctl_using_subcommand migrate; and __fish_seen_subcommand_from status" -l tls-pin -d 'The public key that the server must have over https, as `cpcd tls show` prints it; also CPCCTL_TLS_PIN' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand migrate; and __fish_seen_subcommand_from status" -l context -d 'The context to use: a server and who one is there; also CPCCTL_CONTEXT [default: the one that `context use` chose, else default]' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand migrate; and __fish_seen_subcommand_from status" -l token-file -d 'Read the access token from a file, - for stdin; CPCCTL_TOKEN holds the token itself' -r -F
complete -c cpcctl -n "__fish_cpcctl_using_subcommand migrate; and __fish_seen_subcommand_from status" -s o -l output -d 'How data is written' -r -f -a "table\t'Columns for people'
json\t'One JSON value; a list is one array'
ndjson\t'One JSON value a line'
name\t'Names or ids alone, one a line'"
complete -c cpcctl -n "__fish_cpcctl_using_subcommand migrate; and __fish_seen_subcommand_from status" -l timeout -d 'How long an answer may take: 500ms, 2s, 1m' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand migrate; and __fish_seen_subcommand_from status" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR or TERM=dumb says otherwise'
always\t'Everywhere'
never\t'Nowhere'"
complete -c cpcctl -n "__fish_cpcctl_using_subcommand migrate; and __fish_seen_subcommand_from status" -l progress -d 'How to show progress' -r -f -a "auto\t'A bar on a terminal, plain lines elsewhere, nothing with --quiet'
bar\t'A bar'
plain\t'A line with the time every few seconds'
json\t'A JSON object a line'
none\t'Nothing'"
complete -c cpcctl -n "__fish_cpcctl_using_subcommand migrate; and __fish_seen_subcommand_from status" -l width -d 'Fit columns to so many characters, even in a pipe' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand migrate; and __fish_seen_subcommand_from status" -l local -d 'Speak to the daemon on this machine through its Unix socket, as its administrator'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand migrate; and __fish_seen_subcommand_from status" -s q -l quiet -d 'No notes and no progress on stderr'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand migrate; and __fish_seen_subcommand_from status" -s y -l yes -d 'Answer yes to every question'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand migrate; and __fish_seen_subcommand_from status" -l dry-run -d 'Check, show what would be sent to the server to change something, and do not send it'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand migrate; and __fish_seen_subcommand_from status" -l no-headers -d 'No titles above the columns'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand migrate; and __fish_seen_subcommand_from status" -l no-trunc -d 'Do not cut columns to the width of the terminal'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand migrate; and __fish_seen_subcommand_from status" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand migrate; and __fish_seen_subcommand_from plan" -l to -d 'The last migration that the store has afterwards [default: the newest]' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand migrate; and __fish_seen_subcommand_from plan" -l endpoint -d 'Where cpcd listens: https://HOST:PORT, http://HOST:PORT or unix:///PATH; also CPCCTL_ENDPOINT [default: that of the context, else http://127.0.0.1:50051]' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand migrate; and __fish_seen_subcommand_from plan" -l socket -d 'The socket for --local; also CPCCTL_SOCKET [default: cpcd.sock in cpcd\'s data directory]' -r -F
complete -c cpcctl -n "__fish_cpcctl_using_subcommand migrate; and __fish_seen_subcommand_from plan" -l ca-file -d 'Certificates (PEM) of the authorities to believe over https, in place of the system\'s; also CPCCTL_CA_FILE' -r -F
complete -c cpcctl -n "__fish_cpcctl_using_subcommand migrate; and __fish_seen_subcommand_from plan" -l tls-pin -d 'The public key that the server must have over https, as `cpcd tls show` prints it; also CPCCTL_TLS_PIN' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand migrate; and __fish_seen_subcommand_from plan" -l context -d 'The context to use: a server and who one is there; also CPCCTL_CONTEXT [default: the one that `context use` chose, else default]' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand migrate; and __fish_seen_subcommand_from plan" -l token-file -d 'Read the access token from a file, - for stdin; CPCCTL_TOKEN holds the token itself' -r -F
complete -c cpcctl -n "__fish_cpcctl_using_subcommand migrate; and __fish_seen_subcommand_from plan" -s o -l output -d 'How data is written' -r -f -a "table\t'Columns for people'
json\t'One JSON value; a list is one array'
ndjson\t'One JSON value a line'
name\t'Names or ids alone, one a line'"
complete -c cpcctl -n "__fish_cpcctl_using_subcommand migrate; and __fish_seen_subcommand_from plan" -l timeout -d 'How long an answer may take: 500ms, 2s, 1m' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand migrate; and __fish_seen_subcommand_from plan" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR or TERM=dumb says otherwise'
always\t'Everywhere'
never\t'Nowhere'"
complete -c cpcctl -n "__fish_cpcctl_using_subcommand migrate; and __fish_seen_subcommand_from plan" -l progress -d 'How to show progress' -r -f -a "auto\t'A bar on a terminal, plain lines elsewhere, nothing with --quiet'
bar\t'A bar'
plain\t'A line with the time every few seconds'
json\t'A JSON object a line'
none\t'Nothing'"
complete -c cpcctl -n "__fish_cpcctl_using_subcommand migrate; and __fish_seen_subcommand_from plan" -l width -d 'Fit columns to so many characters, even in a pipe' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand migrate; and __fish_seen_subcommand_from plan" -l down -d 'What `migrate down` would run'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand migrate; and __fish_seen_subcommand_from plan" -l local -d 'Speak to the daemon on this machine through its Unix socket, as its administrator'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand migrate; and __fish_seen_subcommand_from plan" -s q -l quiet -d 'No notes and no progress on stderr'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand migrate; and __fish_seen_subcommand_from plan" -s y -l yes -d 'Answer yes to every question'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand migrate; and __fish_seen_subcommand_from plan" -l dry-run -d 'Check, show what would be sent to the server to change something, and do not send it'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand migrate; and __fish_seen_subcommand_from plan" -l no-headers -d 'No titles above the columns'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand migrate; and __fish_seen_subcommand_from plan" -l no-trunc -d 'Do not cut columns to the width of the terminal'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand migrate; and __fish_seen_subcommand_from plan" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand migrate; and __fish_seen_subcommand_from up" -l to -d 'The last migration to do [default: the newest]' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand migrate; and __fish_seen_subcommand_from up" -l endpoint -d 'Where cpcd listens: https://HOST:PORT, http://HOST:PORT or unix:///PATH; also CPCCTL_ENDPOINT [default: that of the context, else http://127.0.0.1:50051]' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand migrate; and __fish_seen_subcommand_from up" -l socket -d 'The socket for --local; also CPCCTL_SOCKET [default: cpcd.sock in cpcd\'s data directory]' -r -F
complete -c cpcctl -n "__fish_cpcctl_using_subcommand migrate; and __fish_seen_subcommand_from up" -l ca-file -d 'Certificates (PEM) of the authorities to believe over https, in place of the system\'s; also CPCCTL_CA_FILE' -r -F
complete -c cpcctl -n "__fish_cpcctl_using_subcommand migrate; and __fish_seen_subcommand_from up" -l tls-pin -d 'The public key that the server must have over https, as `cpcd tls show` prints it; also CPCCTL_TLS_PIN' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand migrate; and __fish_seen_subcommand_from up" -l context -d 'The context to use: a server and who one is there; also CPCCTL_CONTEXT [default: the one that `context use` chose, else default]' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand migrate; and __fish_seen_subcommand_from up" -l token-file -d 'Read the access token from a file, - for stdin; CPCCTL_TOKEN holds the token itself' -r -F
complete -c cpcctl -n "__fish_cpcctl_using_subcommand migrate; and __fish_seen_subcommand_from up" -s o -l output -d 'How data is written' -r -f -a "table\t'Columns for people'
json\t'One JSON value; a list is one array'
ndjson\t'One JSON value a line'
name\t'Names or ids alone, one a line'"
complete -c cpcctl -n "__fish_cpcctl_using_subcommand migrate; and __fish_seen_subcommand_from up" -l timeout -d 'How long an answer may take: 500ms, 2s, 1m' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand migrate; and __fish_seen_subcommand_from up" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR or TERM=dumb says otherwise'
always\t'Everywhere'
never\t'Nowhere'"
complete -c cpcctl -n "__fish_cpcctl_using_subcommand migrate; and __fish_seen_subcommand_from up" -l progress -d 'How to show progress' -r -f -a "auto\t'A bar on a terminal, plain lines elsewhere, nothing with --quiet'
bar\t'A bar'
plain\t'A line with the time every few seconds'
json\t'A JSON object a line'
none\t'Nothing'"
complete -c cpcctl -n "__fish_cpcctl_using_subcommand migrate; and __fish_seen_subcommand_from up" -l width -d 'Fit columns to so many characters, even in a pipe' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand migrate; and __fish_seen_subcommand_from up" -l local -d 'Speak to the daemon on this machine through its Unix socket, as its administrator'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand migrate; and __fish_seen_subcommand_from up" -s q -l quiet -d 'No notes and no progress on stderr'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand migrate; and __fish_seen_subcommand_from up" -s y -l yes -d 'Answer yes to every question'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand migrate; and __fish_seen_subcommand_from up" -l dry-run -d 'Check, show what would be sent to the server to change something, and do not send it'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand migrate; and __fish_seen_subcommand_from up" -l no-headers -d 'No titles above the columns'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand migrate; and __fish_seen_subcommand_from up" -l no-trunc -d 'Do not cut columns to the width of the terminal'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand migrate; and __fish_seen_subcommand_from up" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand migrate; and __fish_seen_subcommand_from down" -l to -d 'The last migration that stays; 0 takes everything back' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand migrate; and __fish_seen_subcommand_from down" -l endpoint -d 'Where cpcd listens: https://HOST:PORT, http://HOST:PORT or unix:///PATH; also CPCCTL_ENDPOINT [default: that of the context, else http://127.0.0.1:50051]' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand migrate; and __fish_seen_subcommand_from down" -l socket -d 'The socket for --local; also CPCCTL_SOCKET [default: cpcd.sock in cpcd\'s data directory]' -r -F
complete -c cpcctl -n "__fish_cpcctl_using_subcommand migrate; and __fish_seen_subcommand_from down" -l ca-file -d 'Certificates (PEM) of the authorities to believe over https, in place of the system\'s; also CPCCTL_CA_FILE' -r -F
complete -c cpcctl -n "__fish_cpcctl_using_subcommand migrate; and __fish_seen_subcommand_from down" -l tls-pin -d 'The public key that the server must have over https, as `cpcd tls show` prints it; also CPCCTL_TLS_PIN' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand migrate; and __fish_seen_subcommand_from down" -l context -d 'The context to use: a server and who one is there; also CPCCTL_CONTEXT [default: the one that `context use` chose, else default]' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand migrate; and __fish_seen_subcommand_from down" -l token-file -d 'Read the access token from a file, - for stdin; CPCCTL_TOKEN holds the token itself' -r -F
complete -c cpcctl -n "__fish_cpcctl_using_subcommand migrate; and __fish_seen_subcommand_from down" -s o -l output -d 'How data is written' -r -f -a "table\t'Columns for people'
json\t'One JSON value; a list is one array'
ndjson\t'One JSON value a line'
name\t'Names or ids alone, one a line'"
complete -c cpcctl -n "__fish_cpcctl_using_subcommand migrate; and __fish_seen_subcommand_from down" -l timeout -d 'How long an answer may take: 500ms, 2s, 1m' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand migrate; and __fish_seen_subcommand_from down" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR or TERM=dumb says otherwise'
always\t'Everywhere'
never\t'Nowhere'"
complete -c cpcctl -n "__fish_cpcctl_using_subcommand migrate; and __fish_seen_subcommand_from down" -l progress -d 'How to show progress' -r -f -a "auto\t'A bar on a terminal, plain lines elsewhere, nothing with --quiet'
bar\t'A bar'
plain\t'A line with the time every few seconds'
json\t'A JSON object a line'
none\t'Nothing'"
complete -c cpcctl -n "__fish_cpcctl_using_subcommand migrate; and __fish_seen_subcommand_from down" -l width -d 'Fit columns to so many characters, even in a pipe' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand migrate; and __fish_seen_subcommand_from down" -l local -d 'Speak to the daemon on this machine through its Unix socket, as its administrator'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand migrate; and __fish_seen_subcommand_from down" -s q -l quiet -d 'No notes and no progress on stderr'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand migrate; and __fish_seen_subcommand_from down" -s y -l yes -d 'Answer yes to every question'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand migrate; and __fish_seen_subcommand_from down" -l dry-run -d 'Check, show what would be sent to the server to change something, and do not send it'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand migrate; and __fish_seen_subcommand_from down" -l no-headers -d 'No titles above the columns'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand migrate; and __fish_seen_subcommand_from down" -l no-trunc -d 'Do not cut columns to the width of the terminal'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand migrate; and __fish_seen_subcommand_from down" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand search" -l tag -d 'Only content with this tag; several: with all of them' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand search" -l owner -d 'Only content of this user: an id, a name, or me' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand search" -l limit -d 'At most so many hits' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand search" -l page-token -d 'Go on where a page ended' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand search" -l endpoint -d 'Where cpcd listens: https://HOST:PORT, http://HOST:PORT or unix:///PATH; also CPCCTL_ENDPOINT [default: that of the context, else http://127.0.0.1:50051]' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand search" -l socket -d 'The socket for --local; also CPCCTL_SOCKET [default: cpcd.sock in cpcd\'s data directory]' -r -F
complete -c cpcctl -n "__fish_cpcctl_using_subcommand search" -l ca-file -d 'Certificates (PEM) of the authorities to believe over https, in place of the system\'s; also CPCCTL_CA_FILE' -r -F
complete -c cpcctl -n "__fish_cpcctl_using_subcommand search" -l tls-pin -d 'The public key that the server must have over https, as `cpcd tls show` prints it; also CPCCTL_TLS_PIN' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand search" -l context -d 'The context to use: a server and who one is there; also CPCCTL_CONTEXT [default: the one that `context use` chose, else default]' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand search" -l token-file -d 'Read the access token from a file, - for stdin; CPCCTL_TOKEN holds the token itself' -r -F
complete -c cpcctl -n "__fish_cpcctl_using_subcommand search" -s o -l output -d 'How data is written' -r -f -a "table\t'Columns for people'
json\t'One JSON value; a list is one array'
ndjson\t'One JSON value a line'
name\t'Names or ids alone, one a line'"
complete -c cpcctl -n "__fish_cpcctl_using_subcommand search" -l timeout -d 'How long an answer may take: 500ms, 2s, 1m' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand search" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR or TERM=dumb says otherwise'
always\t'Everywhere'
never\t'Nowhere'"
complete -c cpcctl -n "__fish_cpcctl_using_subcommand search" -l progress -d 'How to show progress' -r -f -a "auto\t'A bar on a terminal, plain lines elsewhere, nothing with --quiet'
bar\t'A bar'
plain\t'A line with the time every few seconds'
json\t'A JSON object a line'
none\t'Nothing'"
complete -c cpcctl -n "__fish_cpcctl_using_subcommand search" -l width -d 'Fit columns to so many characters, even in a pipe' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand search" -l local -d 'Speak to the daemon on this machine through its Unix socket, as its administrator'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand search" -s q -l quiet -d 'No notes and no progress on stderr'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand search" -s y -l yes -d 'Answer yes to every question'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand search" -l dry-run -d 'Check, show what would be sent to the server to change something, and do not send it'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand search" -l no-headers -d 'No titles above the columns'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand search" -l no-trunc -d 'Do not cut columns to the width of the terminal'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand search" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand index; and not __fish_seen_subcommand_from status rebuild" -l endpoint -d 'Where cpcd listens: https://HOST:PORT, http://HOST:PORT or unix:///PATH; also CPCCTL_ENDPOINT [default: that of the context, else http://127.0.0.1:50051]' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand index; and not __fish_seen_subcommand_from status rebuild" -l socket -d 'The socket for --local; also CPCCTL_SOCKET [default: cpcd.sock in cpcd\'s data directory]' -r -F
complete -c cpcctl -n "__fish_cpcctl_using_subcommand index; and not __fish_seen_subcommand_from status rebuild" -l ca-file -d 'Certificates (PEM) of the authorities to believe over https, in place of the system\'s; also CPCCTL_CA_FILE' -r -F
complete -c cpcctl -n "__fish_cpcctl_using_subcommand index; and not __fish_seen_subcommand_from status rebuild" -l tls-pin -d 'The public key that the server must have over https, as `cpcd tls show` prints it; also CPCCTL_TLS_PIN' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand index; and not __fish_seen_subcommand_from status rebuild" -l context -d 'The context to use: a server and who one is there; also CPCCTL_CONTEXT [default: the one that `context use` chose, else default]' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand index; and not __fish_seen_subcommand_from status rebuild" -l token-file -d 'Read the access token from a file, - for stdin; CPCCTL_TOKEN holds the token itself' -r -F
complete -c cpcctl -n "__fish_cpcctl_using_subcommand index; and not __fish_seen_subcommand_from status rebuild" -s o -l output -d 'How data is written' -r -f -a "table\t'Columns for people'
json\t'One JSON value; a list is one array'
ndjson\t'One JSON value a line'
name\t'Names or ids alone, one a line'"
complete -c cpcctl -n "__fish_cpcctl_using_subcommand index; and not __fish_seen_subcommand_from status rebuild" -l timeout -d 'How long an answer may take: 500ms, 2s, 1m' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand index; and not __fish_seen_subcommand_from status rebuild" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR or TERM=dumb says otherwise'
always\t'Everywhere'
never\t'Nowhere'"
complete -c cpcctl -n "__fish_cpcctl_using_subcommand index; and not __fish_seen_subcommand_from status rebuild" -l progress -d 'How to show progress' -r -f -a "auto\t'A bar on a terminal, plain lines elsewhere, nothing with --quiet'
bar\t'A bar'
plain\t'A line with the time every few seconds'
json\t'A JSON object a line'
none\t'Nothing'"
complete -c cpcctl -n "__fish_cpcctl_using_subcommand index; and not __fish_seen_subcommand_from status rebuild" -l width -d 'Fit columns to so many characters, even in a pipe' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand index; and not __fish_seen_subcommand_from status rebuild" -l local -d 'Speak to the daemon on this machine through its Unix socket, as its administrator'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand index; and not __fish_seen_subcommand_from status rebuild" -s q -l quiet -d 'No notes and no progress on stderr'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand index; and not __fish_seen_subcommand_from status rebuild" -s y -l yes -d 'Answer yes to every question'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand index; and not __fish_seen_subcommand_from status rebuild" -l dry-run -d 'Check, show what would be sent to the server to change something, and do not send it'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand index; and not __fish_seen_subcommand_from status rebuild" -l no-headers -d 'No titles above the columns'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand index; and not __fish_seen_subcommand_from status rebuild" -l no-trunc -d 'Do not cut columns to the width of the terminal'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand index; and not __fish_seen_subcommand_from status rebuild" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand index; and not __fish_seen_subcommand_from status rebuild" -f -a "status" -d 'Shows how the search index is: its engine, how far it is behind, what it refuses, the last rebuild'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand index; and not __fish_seen_subcommand_from status rebuild" -f -a "rebuild" -d 'Makes the search index anew from the store'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand index; and __fish_seen_subcommand_from status" -l endpoint -d 'Where cpcd listens: https://HOST:PORT, http://HOST:PORT or unix:///PATH; also CPCCTL_ENDPOINT [default: that of the context, else http://127.0.0.1:50051]' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand index; and __fish_seen_subcommand_from status" -l socket -d 'The socket for --local; also CPCCTL_SOCKET [default: cpcd.sock in cpcd\'s data directory]' -r -F
complete -c cpcctl -n "__fish_cpcctl_using_subcommand index; and __fish_seen_subcommand_from status" -l ca-file -d 'Certificates (PEM) of the authorities to believe over https, in place of the system\'s; also CPCCTL_CA_FILE' -r -F
complete -c cpcctl -n "__fish_cpcctl_using_subcommand index; and __fish_seen_subcommand_from status" -l tls-pin -d 'The public key that the server must have over https, as `cpcd tls show` prints it; also CPCCTL_TLS_PIN' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand index; and __fish_seen_subcommand_from status" -l context -d 'The context to use: a server and who one is there; also CPCCTL_CONTEXT [default: the one that `context use` chose, else default]' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand index; and __fish_seen_subcommand_from status" -l token-file -d 'Read the access token from a file, - for stdin; CPCCTL_TOKEN holds the token itself' -r -F
complete -c cpcctl -n "__fish_cpcctl_using_subcommand index; and __fish_seen_subcommand_from status" -s o -l output -d 'How data is written' -r -f -a "table\t'Columns for people'
json\t'One JSON value; a list is one array'
ndjson\t'One JSON value a line'
name\t'Names or ids alone, one a line'"
complete -c cpcctl -n "__fish_cpcctl_using_subcommand index; and __fish_seen_subcommand_from status" -l timeout -d 'How long an answer may take: 500ms, 2s, 1m' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand index; and __fish_seen_subcommand_from status" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR or TERM=dumb says otherwise'
always\t'Everywhere'
never\t'Nowhere'"
complete -c cpcctl -n "__fish_cpcctl_using_subcommand index; and __fish_seen_subcommand_from status" -l progress -d 'How to show progress' -r -f -a "auto\t'A bar on a terminal, plain lines elsewhere, nothing with --quiet'
bar\t'A bar'
plain\t'A line with the time every few seconds'
json\t'A JSON object a line'
none\t'Nothing'"
complete -c cpcctl -n "__fish_cpcctl_using_subcommand index; and __fish_seen_subcommand_from status" -l width -d 'Fit columns to so many characters, even in a pipe' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand index; and __fish_seen_subcommand_from status" -l local -d 'Speak to the daemon on this machine through its Unix socket, as its administrator'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand index; and __fish_seen_subcommand_from status" -s q -l quiet -d 'No notes and no progress on stderr'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand index; and __fish_seen_subcommand_from status" -s y -l yes -d 'Answer yes to every question'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand index; and __fish_seen_subcommand_from status" -l dry-run -d 'Check, show what would be sent to the server to change something, and do not send it'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand index; and __fish_seen_subcommand_from status" -l no-headers -d 'No titles above the columns'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand index; and __fish_seen_subcommand_from status" -l no-trunc -d 'Do not cut columns to the width of the terminal'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand index; and __fish_seen_subcommand_from status" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand index; and __fish_seen_subcommand_from rebuild" -l endpoint -d 'Where cpcd listens: https://HOST:PORT, http://HOST:PORT or unix:///PATH; also CPCCTL_ENDPOINT [default: that of the context, else http://127.0.0.1:50051]' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand index; and __fish_seen_subcommand_from rebuild" -l socket -d 'The socket for --local; also CPCCTL_SOCKET [default: cpcd.sock in cpcd\'s data directory]' -r -F
complete -c cpcctl -n "__fish_cpcctl_using_subcommand index; and __fish_seen_subcommand_from rebuild" -l ca-file -d 'Certificates (PEM) of the authorities to believe over https, in place of the system\'s; also CPCCTL_CA_FILE' -r -F
complete -c cpcctl -n "__fish_cpcctl_using_subcommand index; and __fish_seen_subcommand_from rebuild" -l tls-pin -d 'The public key that the server must have over https, as `cpcd tls show` prints it; also CPCCTL_TLS_PIN' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand index; and __fish_seen_subcommand_from rebuild" -l context -d 'The context to use: a server and who one is there; also CPCCTL_CONTEXT [default: the one that `context use` chose, else default]' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand index; and __fish_seen_subcommand_from rebuild" -l token-file -d 'Read the access token from a file, - for stdin; CPCCTL_TOKEN holds the token itself' -r -F
complete -c cpcctl -n "__fish_cpcctl_using_subcommand index; and __fish_seen_subcommand_from rebuild" -s o -l output -d 'How data is written' -r -f -a "table\t'Columns for people'
json\t'One JSON value; a list is one array'
ndjson\t'One JSON value a line'
name\t'Names or ids alone, one a line'"
complete -c cpcctl -n "__fish_cpcctl_using_subcommand index; and __fish_seen_subcommand_from rebuild" -l timeout -d 'How long an answer may take: 500ms, 2s, 1m' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand index; and __fish_seen_subcommand_from rebuild" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR or TERM=dumb says otherwise'
always\t'Everywhere'
never\t'Nowhere'"
complete -c cpcctl -n "__fish_cpcctl_using_subcommand index; and __fish_seen_subcommand_from rebuild" -l progress -d 'How to show progress' -r -f -a "auto\t'A bar on a terminal, plain lines elsewhere, nothing with --quiet'
bar\t'A bar'
plain\t'A line with the time every few seconds'
json\t'A JSON object a line'
none\t'Nothing'"
complete -c cpcctl -n "__fish_cpcctl_using_subcommand index; and __fish_seen_subcommand_from rebuild" -l width -d 'Fit columns to so many characters, even in a pipe' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand index; and __fish_seen_subcommand_from rebuild" -l wait -d 'Wait until it is done, and show how far it is; ending the command does not end the work'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand index; and __fish_seen_subcommand_from rebuild" -l local -d 'Speak to the daemon on this machine through its Unix socket, as its administrator'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand index; and __fish_seen_subcommand_from rebuild" -s q -l quiet -d 'No notes and no progress on stderr'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand index; and __fish_seen_subcommand_from rebuild" -s y -l yes -d 'Answer yes to every question'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand index; and __fish_seen_subcommand_from rebuild" -l dry-run -d 'Check, show what would be sent to the server to change something, and do not send it'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand index; and __fish_seen_subcommand_from rebuild" -l no-headers -d 'No titles above the columns'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand index; and __fish_seen_subcommand_from rebuild" -l no-trunc -d 'Do not cut columns to the width of the terminal'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand index; and __fish_seen_subcommand_from rebuild" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand status" -l endpoint -d 'Where cpcd listens: https://HOST:PORT, http://HOST:PORT or unix:///PATH; also CPCCTL_ENDPOINT [default: that of the context, else http://127.0.0.1:50051]' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand status" -l socket -d 'The socket for --local; also CPCCTL_SOCKET [default: cpcd.sock in cpcd\'s data directory]' -r -F
complete -c cpcctl -n "__fish_cpcctl_using_subcommand status" -l ca-file -d 'Certificates (PEM) of the authorities to believe over https, in place of the system\'s; also CPCCTL_CA_FILE' -r -F
complete -c cpcctl -n "__fish_cpcctl_using_subcommand status" -l tls-pin -d 'The public key that the server must have over https, as `cpcd tls show` prints it; also CPCCTL_TLS_PIN' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand status" -l context -d 'The context to use: a server and who one is there; also CPCCTL_CONTEXT [default: the one that `context use` chose, else default]' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand status" -l token-file -d 'Read the access token from a file, - for stdin; CPCCTL_TOKEN holds the token itself' -r -F
complete -c cpcctl -n "__fish_cpcctl_using_subcommand status" -s o -l output -d 'How data is written' -r -f -a "table\t'Columns for people'
json\t'One JSON value; a list is one array'
ndjson\t'One JSON value a line'
name\t'Names or ids alone, one a line'"
complete -c cpcctl -n "__fish_cpcctl_using_subcommand status" -l timeout -d 'How long an answer may take: 500ms, 2s, 1m' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand status" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR or TERM=dumb says otherwise'
always\t'Everywhere'
never\t'Nowhere'"
complete -c cpcctl -n "__fish_cpcctl_using_subcommand status" -l progress -d 'How to show progress' -r -f -a "auto\t'A bar on a terminal, plain lines elsewhere, nothing with --quiet'
bar\t'A bar'
plain\t'A line with the time every few seconds'
json\t'A JSON object a line'
none\t'Nothing'"
complete -c cpcctl -n "__fish_cpcctl_using_subcommand status" -l width -d 'Fit columns to so many characters, even in a pipe' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand status" -l wait -d 'Wait until the daemon answers, for as long as --timeout says'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand status" -l local -d 'Speak to the daemon on this machine through its Unix socket, as its administrator'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand status" -s q -l quiet -d 'No notes and no progress on stderr'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand status" -s y -l yes -d 'Answer yes to every question'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand status" -l dry-run -d 'Check, show what would be sent to the server to change something, and do not send it'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand status" -l no-headers -d 'No titles above the columns'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand status" -l no-trunc -d 'Do not cut columns to the width of the terminal'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand status" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand bench; and not __fish_seen_subcommand_from heartbeat register login allocate" -l endpoint -d 'Where cpcd listens: https://HOST:PORT, http://HOST:PORT or unix:///PATH; also CPCCTL_ENDPOINT [default: that of the context, else http://127.0.0.1:50051]' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand bench; and not __fish_seen_subcommand_from heartbeat register login allocate" -l socket -d 'The socket for --local; also CPCCTL_SOCKET [default: cpcd.sock in cpcd\'s data directory]' -r -F
complete -c cpcctl -n "__fish_cpcctl_using_subcommand bench; and not __fish_seen_subcommand_from heartbeat register login allocate" -l ca-file -d 'Certificates (PEM) of the authorities to believe over https, in place of the system\'s; also CPCCTL_CA_FILE' -r -F
complete -c cpcctl -n "__fish_cpcctl_using_subcommand bench; and not __fish_seen_subcommand_from heartbeat register login allocate" -l tls-pin -d 'The public key that the server must have over https, as `cpcd tls show` prints it; also CPCCTL_TLS_PIN' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand bench; and not __fish_seen_subcommand_from heartbeat register login allocate" -l context -d 'The context to use: a server and who one is there; also CPCCTL_CONTEXT [default: the one that `context use` chose, else default]' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand bench; and not __fish_seen_subcommand_from heartbeat register login allocate" -l token-file -d 'Read the access token from a file, - for stdin; CPCCTL_TOKEN holds the token itself' -r -F
complete -c cpcctl -n "__fish_cpcctl_using_subcommand bench; and not __fish_seen_subcommand_from heartbeat register login allocate" -s o -l output -d 'How data is written' -r -f -a "table\t'Columns for people'
json\t'One JSON value; a list is one array'
ndjson\t'One JSON value a line'
name\t'Names or ids alone, one a line'"
complete -c cpcctl -n "__fish_cpcctl_using_subcommand bench; and not __fish_seen_subcommand_from heartbeat register login allocate" -l timeout -d 'How long an answer may take: 500ms, 2s, 1m' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand bench; and not __fish_seen_subcommand_from heartbeat register login allocate" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR or TERM=dumb says otherwise'
always\t'Everywhere'
never\t'Nowhere'"
complete -c cpcctl -n "__fish_cpcctl_using_subcommand bench; and not __fish_seen_subcommand_from heartbeat register login allocate" -l progress -d 'How to show progress' -r -f -a "auto\t'A bar on a terminal, plain lines elsewhere, nothing with --quiet'
bar\t'A bar'
plain\t'A line with the time every few seconds'
json\t'A JSON object a line'
none\t'Nothing'"
complete -c cpcctl -n "__fish_cpcctl_using_subcommand bench; and not __fish_seen_subcommand_from heartbeat register login allocate" -l width -d 'Fit columns to so many characters, even in a pipe' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand bench; and not __fish_seen_subcommand_from heartbeat register login allocate" -l local -d 'Speak to the daemon on this machine through its Unix socket, as its administrator'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand bench; and not __fish_seen_subcommand_from heartbeat register login allocate" -s q -l quiet -d 'No notes and no progress on stderr'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand bench; and not __fish_seen_subcommand_from heartbeat register login allocate" -s y -l yes -d 'Answer yes to every question'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand bench; and not __fish_seen_subcommand_from heartbeat register login allocate" -l dry-run -d 'Check, show what would be sent to the server to change something, and do not send it'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand bench; and not __fish_seen_subcommand_from heartbeat register login allocate" -l no-headers -d 'No titles above the columns'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand bench; and not __fish_seen_subcommand_from heartbeat register login allocate" -l no-trunc -d 'Do not cut columns to the width of the terminal'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand bench; and not __fish_seen_subcommand_from heartbeat register login allocate" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand bench; and not __fish_seen_subcommand_from heartbeat register login allocate" -f -a "heartbeat" -d 'Loads a daemon with the heartbeats of many nodes, and says what came of it'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand bench; and not __fish_seen_subcommand_from heartbeat register login allocate" -f -a "register" -d 'Registers new nodes as fast as they are taken, and says how fast that was'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand bench; and not __fish_seen_subcommand_from heartbeat register login allocate" -f -a "login" -d 'Logs in again and again as fast as it is taken, and says how fast that was'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand bench; and not __fish_seen_subcommand_from heartbeat register login allocate" -f -a "allocate" -d 'Leases resources as fast as they are granted, and says how fast that was'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand bench; and __fish_seen_subcommand_from heartbeat" -l nodes -d 'How many nodes' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand bench; and __fish_seen_subcommand_from heartbeat" -l agents-file -d 'Where the keys and tokens of the nodes are kept for the next time [default: nowhere]' -r -F
complete -c cpcctl -n "__fish_cpcctl_using_subcommand bench; and __fish_seen_subcommand_from heartbeat" -l connections -d 'Over how many connections' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand bench; and __fish_seen_subcommand_from heartbeat" -l streams-per-connection -d 'How many heartbeats or streams are under way on each connection' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand bench; and __fish_seen_subcommand_from heartbeat" -l rate -d 'Heartbeats a second, whether they are answered or not' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand bench; and __fish_seen_subcommand_from heartbeat" -l duration -d 'How long to measure' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand bench; and __fish_seen_subcommand_from heartbeat" -l warmup -d 'How long to load before measuring' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand bench; and __fish_seen_subcommand_from heartbeat" -l to -d 'Where the load goes [default: where the nodes are registered]' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand bench; and __fish_seen_subcommand_from heartbeat" -l daemon-pid -d 'The daemon\'s process on this machine: also says what cpu time an answer costs and how the memory grows (Linux)' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand bench; and __fish_seen_subcommand_from heartbeat" -l endpoint -d 'Where cpcd listens: https://HOST:PORT, http://HOST:PORT or unix:///PATH; also CPCCTL_ENDPOINT [default: that of the context, else http://127.0.0.1:50051]' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand bench; and __fish_seen_subcommand_from heartbeat" -l socket -d 'The socket for --local; also CPCCTL_SOCKET [default: cpcd.sock in cpcd\'s data directory]' -r -F
complete -c cpcctl -n "__fish_cpcctl_using_subcommand bench; and __fish_seen_subcommand_from heartbeat" -l ca-file -d 'Certificates (PEM) of the authorities to believe over https, in place of the system\'s; also CPCCTL_CA_FILE' -r -F
complete -c cpcctl -n "__fish_cpcctl_using_subcommand bench; and __fish_seen_subcommand_from heartbeat" -l tls-pin -d 'The public key that the server must have over https, as `cpcd tls show` prints it; also CPCCTL_TLS_PIN' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand bench; and __fish_seen_subcommand_from heartbeat" -l context -d 'The context to use: a server and who one is there; also CPCCTL_CONTEXT [default: the one that `context use` chose, else default]' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand bench; and __fish_seen_subcommand_from heartbeat" -l token-file -d 'Read the access token from a file, - for stdin; CPCCTL_TOKEN holds the token itself' -r -F
complete -c cpcctl -n "__fish_cpcctl_using_subcommand bench; and __fish_seen_subcommand_from heartbeat" -s o -l output -d 'How data is written' -r -f -a "table\t'Columns for people'
json\t'One JSON value; a list is one array'
ndjson\t'One JSON value a line'
name\t'Names or ids alone, one a line'"
complete -c cpcctl -n "__fish_cpcctl_using_subcommand bench; and __fish_seen_subcommand_from heartbeat" -l timeout -d 'How long an answer may take: 500ms, 2s, 1m' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand bench; and __fish_seen_subcommand_from heartbeat" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR or TERM=dumb says otherwise'
always\t'Everywhere'
never\t'Nowhere'"
complete -c cpcctl -n "__fish_cpcctl_using_subcommand bench; and __fish_seen_subcommand_from heartbeat" -l progress -d 'How to show progress' -r -f -a "auto\t'A bar on a terminal, plain lines elsewhere, nothing with --quiet'
bar\t'A bar'
plain\t'A line with the time every few seconds'
json\t'A JSON object a line'
none\t'Nothing'"
complete -c cpcctl -n "__fish_cpcctl_using_subcommand bench; and __fish_seen_subcommand_from heartbeat" -l width -d 'Fit columns to so many characters, even in a pipe' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand bench; and __fish_seen_subcommand_from heartbeat" -l paced -d 'Each node sends its next heartbeat when the answer tells it to'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand bench; and __fish_seen_subcommand_from heartbeat" -l unary -d 'A call for each heartbeat'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand bench; and __fish_seen_subcommand_from heartbeat" -l stream -d 'A stream for each node; the default'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand bench; and __fish_seen_subcommand_from heartbeat" -l local -d 'Speak to the daemon on this machine through its Unix socket, as its administrator'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand bench; and __fish_seen_subcommand_from heartbeat" -s q -l quiet -d 'No notes and no progress on stderr'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand bench; and __fish_seen_subcommand_from heartbeat" -s y -l yes -d 'Answer yes to every question'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand bench; and __fish_seen_subcommand_from heartbeat" -l dry-run -d 'Check, show what would be sent to the server to change something, and do not send it'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand bench; and __fish_seen_subcommand_from heartbeat" -l no-headers -d 'No titles above the columns'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand bench; and __fish_seen_subcommand_from heartbeat" -l no-trunc -d 'Do not cut columns to the width of the terminal'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand bench; and __fish_seen_subcommand_from heartbeat" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand bench; and __fish_seen_subcommand_from register" -l count -d 'How many nodes' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand bench; and __fish_seen_subcommand_from register" -l at-once -d 'How many registrations are under way at once' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand bench; and __fish_seen_subcommand_from register" -l connections -d 'Over how many connections to each daemon' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand bench; and __fish_seen_subcommand_from register" -l to -d 'Where to register, as nobody: they must let everybody join; said more than once the daemons take turns [default: the endpoint in use, as whoever is logged in]' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand bench; and __fish_seen_subcommand_from register" -l record -d 'Where to write the id of each node whose registration was acknowledged, one a line' -r -F
complete -c cpcctl -n "__fish_cpcctl_using_subcommand bench; and __fish_seen_subcommand_from register" -l failures -d 'Failures after which to give up' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand bench; and __fish_seen_subcommand_from register" -l endpoint -d 'Where cpcd listens: https://HOST:PORT, http://HOST:PORT or unix:///PATH; also CPCCTL_ENDPOINT [default: that of the context, else http://127.0.0.1:50051]' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand bench; and __fish_seen_subcommand_from register" -l socket -d 'The socket for --local; also CPCCTL_SOCKET [default: cpcd.sock in cpcd\'s data directory]' -r -F
complete -c cpcctl -n "__fish_cpcctl_using_subcommand bench; and __fish_seen_subcommand_from register" -l ca-file -d 'Certificates (PEM) of the authorities to believe over https, in place of the system\'s; also CPCCTL_CA_FILE' -r -F
complete -c cpcctl -n "__fish_cpcctl_using_subcommand bench; and __fish_seen_subcommand_from register" -l tls-pin -d 'The public key that the server must have over https, as `cpcd tls show` prints it; also CPCCTL_TLS_PIN' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand bench; and __fish_seen_subcommand_from register" -l context -d 'The context to use: a server and who one is there; also CPCCTL_CONTEXT [default: the one that `context use` chose, else default]' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand bench; and __fish_seen_subcommand_from register" -l token-file -d 'Read the access token from a file, - for stdin; CPCCTL_TOKEN holds the token itself' -r -F
complete -c cpcctl -n "__fish_cpcctl_using_subcommand bench; and __fish_seen_subcommand_from register" -s o -l output -d 'How data is written' -r -f -a "table\t'Columns for people'
json\t'One JSON value; a list is one array'
ndjson\t'One JSON value a line'
name\t'Names or ids alone, one a line'"
complete -c cpcctl -n "__fish_cpcctl_using_subcommand bench; and __fish_seen_subcommand_from register" -l timeout -d 'How long an answer may take: 500ms, 2s, 1m' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand bench; and __fish_seen_subcommand_from register" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR or TERM=dumb says otherwise'
always\t'Everywhere'
never\t'Nowhere'"
complete -c cpcctl -n "__fish_cpcctl_using_subcommand bench; and __fish_seen_subcommand_from register" -l progress -d 'How to show progress' -r -f -a "auto\t'A bar on a terminal, plain lines elsewhere, nothing with --quiet'
bar\t'A bar'
plain\t'A line with the time every few seconds'
json\t'A JSON object a line'
none\t'Nothing'"
complete -c cpcctl -n "__fish_cpcctl_using_subcommand bench; and __fish_seen_subcommand_from register" -l width -d 'Fit columns to so many characters, even in a pipe' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand bench; and __fish_seen_subcommand_from register" -l local -d 'Speak to the daemon on this machine through its Unix socket, as its administrator'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand bench; and __fish_seen_subcommand_from register" -s q -l quiet -d 'No notes and no progress on stderr'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand bench; and __fish_seen_subcommand_from register" -s y -l yes -d 'Answer yes to every question'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand bench; and __fish_seen_subcommand_from register" -l dry-run -d 'Check, show what would be sent to the server to change something, and do not send it'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand bench; and __fish_seen_subcommand_from register" -l no-headers -d 'No titles above the columns'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand bench; and __fish_seen_subcommand_from register" -l no-trunc -d 'Do not cut columns to the width of the terminal'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand bench; and __fish_seen_subcommand_from register" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand bench; and __fish_seen_subcommand_from login" -l count -d 'How many logins' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand bench; and __fish_seen_subcommand_from login" -l at-once -d 'How many logins are under way at once' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand bench; and __fish_seen_subcommand_from login" -l connections -d 'Over how many connections' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand bench; and __fish_seen_subcommand_from login" -l daemon-pid -d 'The daemon\'s process on this machine: also says what cpu time a login costs it (Linux)' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand bench; and __fish_seen_subcommand_from login" -l failures -d 'Failures after which to give up' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand bench; and __fish_seen_subcommand_from login" -l endpoint -d 'Where cpcd listens: https://HOST:PORT, http://HOST:PORT or unix:///PATH; also CPCCTL_ENDPOINT [default: that of the context, else http://127.0.0.1:50051]' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand bench; and __fish_seen_subcommand_from login" -l socket -d 'The socket for --local; also CPCCTL_SOCKET [default: cpcd.sock in cpcd\'s data directory]' -r -F
complete -c cpcctl -n "__fish_cpcctl_using_subcommand bench; and __fish_seen_subcommand_from login" -l ca-file -d 'Certificates (PEM) of the authorities to believe over https, in place of the system\'s; also CPCCTL_CA_FILE' -r -F
complete -c cpcctl -n "__fish_cpcctl_using_subcommand bench; and __fish_seen_subcommand_from login" -l tls-pin -d 'The public key that the server must have over https, as `cpcd tls show` prints it; also CPCCTL_TLS_PIN' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand bench; and __fish_seen_subcommand_from login" -l context -d 'The context to use: a server and who one is there; also CPCCTL_CONTEXT [default: the one that `context use` chose, else default]' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand bench; and __fish_seen_subcommand_from login" -l token-file -d 'Read the access token from a file, - for stdin; CPCCTL_TOKEN holds the token itself' -r -F
complete -c cpcctl -n "__fish_cpcctl_using_subcommand bench; and __fish_seen_subcommand_from login" -s o -l output -d 'How data is written' -r -f -a "table\t'Columns for people'
json\t'One JSON value; a list is one array'
ndjson\t'One JSON value a line'
name\t'Names or ids alone, one a line'"
complete -c cpcctl -n "__fish_cpcctl_using_subcommand bench; and __fish_seen_subcommand_from login" -l timeout -d 'How long an answer may take: 500ms, 2s, 1m' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand bench; and __fish_seen_subcommand_from login" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR or TERM=dumb says otherwise'
always\t'Everywhere'
never\t'Nowhere'"
complete -c cpcctl -n "__fish_cpcctl_using_subcommand bench; and __fish_seen_subcommand_from login" -l progress -d 'How to show progress' -r -f -a "auto\t'A bar on a terminal, plain lines elsewhere, nothing with --quiet'
bar\t'A bar'
plain\t'A line with the time every few seconds'
json\t'A JSON object a line'
none\t'Nothing'"
complete -c cpcctl -n "__fish_cpcctl_using_subcommand bench; and __fish_seen_subcommand_from login" -l width -d 'Fit columns to so many characters, even in a pipe' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand bench; and __fish_seen_subcommand_from login" -l local -d 'Speak to the daemon on this machine through its Unix socket, as its administrator'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand bench; and __fish_seen_subcommand_from login" -s q -l quiet -d 'No notes and no progress on stderr'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand bench; and __fish_seen_subcommand_from login" -s y -l yes -d 'Answer yes to every question'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand bench; and __fish_seen_subcommand_from login" -l dry-run -d 'Check, show what would be sent to the server to change something, and do not send it'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand bench; and __fish_seen_subcommand_from login" -l no-headers -d 'No titles above the columns'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand bench; and __fish_seen_subcommand_from login" -l no-trunc -d 'Do not cut columns to the width of the terminal'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand bench; and __fish_seen_subcommand_from login" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand bench; and __fish_seen_subcommand_from allocate" -l at-once -d 'How many requesters ask at once' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand bench; and __fish_seen_subcommand_from allocate" -l connections -d 'Over how many connections to each daemon' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand bench; and __fish_seen_subcommand_from allocate" -l nodes -d 'Of so many nodes each' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand bench; and __fish_seen_subcommand_from allocate" -l cpu -d 'Processor of each node, as in 2 or 500m' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand bench; and __fish_seen_subcommand_from allocate" -l memory -d 'Memory of each node, as in 512MiB' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand bench; and __fish_seen_subcommand_from allocate" -l bandwidth -d 'Bandwidth of each node, as in 100Mbit' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand bench; and __fish_seen_subcommand_from allocate" -l region -d 'Only on nodes whose label region says this' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand bench; and __fish_seen_subcommand_from allocate" -l release-after -d 'How long each is held before it is given back [default: not at all]' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand bench; and __fish_seen_subcommand_from allocate" -l duration -d 'How long to measure' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand bench; and __fish_seen_subcommand_from allocate" -l warmup -d 'How long to load before measuring' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand bench; and __fish_seen_subcommand_from allocate" -l to -d 'Where to ask, as whoever is logged in; said more than once the daemons take turns [default: the endpoint in use]' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand bench; and __fish_seen_subcommand_from allocate" -l endpoint -d 'Where cpcd listens: https://HOST:PORT, http://HOST:PORT or unix:///PATH; also CPCCTL_ENDPOINT [default: that of the context, else http://127.0.0.1:50051]' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand bench; and __fish_seen_subcommand_from allocate" -l socket -d 'The socket for --local; also CPCCTL_SOCKET [default: cpcd.sock in cpcd\'s data directory]' -r -F
complete -c cpcctl -n "__fish_cpcctl_using_subcommand bench; and __fish_seen_subcommand_from allocate" -l ca-file -d 'Certificates (PEM) of the authorities to believe over https, in place of the system\'s; also CPCCTL_CA_FILE' -r -F
complete -c cpcctl -n "__fish_cpcctl_using_subcommand bench; and __fish_seen_subcommand_from allocate" -l tls-pin -d 'The public key that the server must have over https, as `cpcd tls show` prints it; also CPCCTL_TLS_PIN' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand bench; and __fish_seen_subcommand_from allocate" -l context -d 'The context to use: a server and who one is there; also CPCCTL_CONTEXT [default: the one that `context use` chose, else default]' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand bench; and __fish_seen_subcommand_from allocate" -l token-file -d 'Read the access token from a file, - for stdin; CPCCTL_TOKEN holds the token itself' -r -F
complete -c cpcctl -n "__fish_cpcctl_using_subcommand bench; and __fish_seen_subcommand_from allocate" -s o -l output -d 'How data is written' -r -f -a "table\t'Columns for people'
json\t'One JSON value; a list is one array'
ndjson\t'One JSON value a line'
name\t'Names or ids alone, one a line'"
complete -c cpcctl -n "__fish_cpcctl_using_subcommand bench; and __fish_seen_subcommand_from allocate" -l timeout -d 'How long an answer may take: 500ms, 2s, 1m' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand bench; and __fish_seen_subcommand_from allocate" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR or TERM=dumb says otherwise'
always\t'Everywhere'
never\t'Nowhere'"
complete -c cpcctl -n "__fish_cpcctl_using_subcommand bench; and __fish_seen_subcommand_from allocate" -l progress -d 'How to show progress' -r -f -a "auto\t'A bar on a terminal, plain lines elsewhere, nothing with --quiet'
bar\t'A bar'
plain\t'A line with the time every few seconds'
json\t'A JSON object a line'
none\t'Nothing'"
complete -c cpcctl -n "__fish_cpcctl_using_subcommand bench; and __fish_seen_subcommand_from allocate" -l width -d 'Fit columns to so many characters, even in a pipe' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand bench; and __fish_seen_subcommand_from allocate" -l binpack -d 'Fill nodes that have little room left'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand bench; and __fish_seen_subcommand_from allocate" -l local -d 'Speak to the daemon on this machine through its Unix socket, as its administrator'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand bench; and __fish_seen_subcommand_from allocate" -s q -l quiet -d 'No notes and no progress on stderr'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand bench; and __fish_seen_subcommand_from allocate" -s y -l yes -d 'Answer yes to every question'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand bench; and __fish_seen_subcommand_from allocate" -l dry-run -d 'Check, show what would be sent to the server to change something, and do not send it'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand bench; and __fish_seen_subcommand_from allocate" -l no-headers -d 'No titles above the columns'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand bench; and __fish_seen_subcommand_from allocate" -l no-trunc -d 'Do not cut columns to the width of the terminal'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand bench; and __fish_seen_subcommand_from allocate" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand version" -l endpoint -d 'Where cpcd listens: https://HOST:PORT, http://HOST:PORT or unix:///PATH; also CPCCTL_ENDPOINT [default: that of the context, else http://127.0.0.1:50051]' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand version" -l socket -d 'The socket for --local; also CPCCTL_SOCKET [default: cpcd.sock in cpcd\'s data directory]' -r -F
complete -c cpcctl -n "__fish_cpcctl_using_subcommand version" -l ca-file -d 'Certificates (PEM) of the authorities to believe over https, in place of the system\'s; also CPCCTL_CA_FILE' -r -F
complete -c cpcctl -n "__fish_cpcctl_using_subcommand version" -l tls-pin -d 'The public key that the server must have over https, as `cpcd tls show` prints it; also CPCCTL_TLS_PIN' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand version" -l context -d 'The context to use: a server and who one is there; also CPCCTL_CONTEXT [default: the one that `context use` chose, else default]' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand version" -l token-file -d 'Read the access token from a file, - for stdin; CPCCTL_TOKEN holds the token itself' -r -F
complete -c cpcctl -n "__fish_cpcctl_using_subcommand version" -s o -l output -d 'How data is written' -r -f -a "table\t'Columns for people'
json\t'One JSON value; a list is one array'
ndjson\t'One JSON value a line'
name\t'Names or ids alone, one a line'"
complete -c cpcctl -n "__fish_cpcctl_using_subcommand version" -l timeout -d 'How long an answer may take: 500ms, 2s, 1m' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand version" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR or TERM=dumb says otherwise'
always\t'Everywhere'
never\t'Nowhere'"
complete -c cpcctl -n "__fish_cpcctl_using_subcommand version" -l progress -d 'How to show progress' -r -f -a "auto\t'A bar on a terminal, plain lines elsewhere, nothing with --quiet'
bar\t'A bar'
plain\t'A line with the time every few seconds'
json\t'A JSON object a line'
none\t'Nothing'"
complete -c cpcctl -n "__fish_cpcctl_using_subcommand version" -l width -d 'Fit columns to so many characters, even in a pipe' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand version" -l client -d 'Show cpcctl\'s own version and ask no server'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand version" -l local -d 'Speak to the daemon on this machine through its Unix socket, as its administrator'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand version" -s q -l quiet -d 'No notes and no progress on stderr'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand version" -s y -l yes -d 'Answer yes to every question'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand version" -l dry-run -d 'Check, show what would be sent to the server to change something, and do not send it'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand version" -l no-headers -d 'No titles above the columns'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand version" -l no-trunc -d 'Do not cut columns to the width of the terminal'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand version" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand completion" -l endpoint -d 'Where cpcd listens: https://HOST:PORT, http://HOST:PORT or unix:///PATH; also CPCCTL_ENDPOINT [default: that of the context, else http://127.0.0.1:50051]' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand completion" -l socket -d 'The socket for --local; also CPCCTL_SOCKET [default: cpcd.sock in cpcd\'s data directory]' -r -F
complete -c cpcctl -n "__fish_cpcctl_using_subcommand completion" -l ca-file -d 'Certificates (PEM) of the authorities to believe over https, in place of the system\'s; also CPCCTL_CA_FILE' -r -F
complete -c cpcctl -n "__fish_cpcctl_using_subcommand completion" -l tls-pin -d 'The public key that the server must have over https, as `cpcd tls show` prints it; also CPCCTL_TLS_PIN' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand completion" -l context -d 'The context to use: a server and who one is there; also CPCCTL_CONTEXT [default: the one that `context use` chose, else default]' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand completion" -l token-file -d 'Read the access token from a file, - for stdin; CPCCTL_TOKEN holds the token itself' -r -F
complete -c cpcctl -n "__fish_cpcctl_using_subcommand completion" -s o -l output -d 'How data is written' -r -f -a "table\t'Columns for people'
json\t'One JSON value; a list is one array'
ndjson\t'One JSON value a line'
name\t'Names or ids alone, one a line'"
complete -c cpcctl -n "__fish_cpcctl_using_subcommand completion" -l timeout -d 'How long an answer may take: 500ms, 2s, 1m' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand completion" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR or TERM=dumb says otherwise'
always\t'Everywhere'
never\t'Nowhere'"
complete -c cpcctl -n "__fish_cpcctl_using_subcommand completion" -l progress -d 'How to show progress' -r -f -a "auto\t'A bar on a terminal, plain lines elsewhere, nothing with --quiet'
bar\t'A bar'
plain\t'A line with the time every few seconds'
json\t'A JSON object a line'
none\t'Nothing'"
complete -c cpcctl -n "__fish_cpcctl_using_subcommand completion" -l width -d 'Fit columns to so many characters, even in a pipe' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand completion" -l local -d 'Speak to the daemon on this machine through its Unix socket, as its administrator'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand completion" -s q -l quiet -d 'No notes and no progress on stderr'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand completion" -s y -l yes -d 'Answer yes to every question'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand completion" -l dry-run -d 'Check, show what would be sent to the server to change something, and do not send it'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand completion" -l no-headers -d 'No titles above the columns'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand completion" -l no-trunc -d 'Do not cut columns to the width of the terminal'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand completion" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand generate" -l folder -d 'The folder that holds completions/ and man/' -r -F
complete -c cpcctl -n "__fish_cpcctl_using_subcommand generate" -l endpoint -d 'Where cpcd listens: https://HOST:PORT, http://HOST:PORT or unix:///PATH; also CPCCTL_ENDPOINT [default: that of the context, else http://127.0.0.1:50051]' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand generate" -l socket -d 'The socket for --local; also CPCCTL_SOCKET [default: cpcd.sock in cpcd\'s data directory]' -r -F
complete -c cpcctl -n "__fish_cpcctl_using_subcommand generate" -l ca-file -d 'Certificates (PEM) of the authorities to believe over https, in place of the system\'s; also CPCCTL_CA_FILE' -r -F
complete -c cpcctl -n "__fish_cpcctl_using_subcommand generate" -l tls-pin -d 'The public key that the server must have over https, as `cpcd tls show` prints it; also CPCCTL_TLS_PIN' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand generate" -l context -d 'The context to use: a server and who one is there; also CPCCTL_CONTEXT [default: the one that `context use` chose, else default]' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand generate" -l token-file -d 'Read the access token from a file, - for stdin; CPCCTL_TOKEN holds the token itself' -r -F
complete -c cpcctl -n "__fish_cpcctl_using_subcommand generate" -s o -l output -d 'How data is written' -r -f -a "table\t'Columns for people'
json\t'One JSON value; a list is one array'
ndjson\t'One JSON value a line'
name\t'Names or ids alone, one a line'"
complete -c cpcctl -n "__fish_cpcctl_using_subcommand generate" -l timeout -d 'How long an answer may take: 500ms, 2s, 1m' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand generate" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR or TERM=dumb says otherwise'
always\t'Everywhere'
never\t'Nowhere'"
complete -c cpcctl -n "__fish_cpcctl_using_subcommand generate" -l progress -d 'How to show progress' -r -f -a "auto\t'A bar on a terminal, plain lines elsewhere, nothing with --quiet'
bar\t'A bar'
plain\t'A line with the time every few seconds'
json\t'A JSON object a line'
none\t'Nothing'"
complete -c cpcctl -n "__fish_cpcctl_using_subcommand generate" -l width -d 'Fit columns to so many characters, even in a pipe' -r
complete -c cpcctl -n "__fish_cpcctl_using_subcommand generate" -l check -d 'Write nothing; fail if a file is not what would be written'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand generate" -l local -d 'Speak to the daemon on this machine through its Unix socket, as its administrator'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand generate" -s q -l quiet -d 'No notes and no progress on stderr'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand generate" -s y -l yes -d 'Answer yes to every question'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand generate" -l dry-run -d 'Check, show what would be sent to the server to change something, and do not send it'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand generate" -l no-headers -d 'No titles above the columns'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand generate" -l no-trunc -d 'Do not cut columns to the width of the terminal'
complete -c cpcctl -n "__fish_cpcctl_using_subcommand generate" -s h -l help -d 'Print help (see more with \'--help\')'
