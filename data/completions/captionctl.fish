# fish completion for captionctl
# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright 2026 The captiond contributors

# The first column of a list. Columns stand two spaces apart.
function __captionctl_first_column
    captionctl $argv[1] 2>/dev/null | sed -e 1d -e 's/  .*//'
end

function __captionctl_streams
    captionctl status 2>/dev/null | sed -n 's/^Stream //p'
end

set -l commands listen sources engines status

complete -c captionctl -f
complete -c captionctl -n "not __fish_seen_subcommand_from $commands" -a listen -d 'Show captions as text or JSON'
complete -c captionctl -n "not __fish_seen_subcommand_from $commands" -a sources -d 'List what can be captioned'
complete -c captionctl -n "not __fish_seen_subcommand_from $commands" -a engines -d 'List what can turn speech into text'
complete -c captionctl -n "not __fish_seen_subcommand_from $commands" -a status -d 'Show the service and its streams'
complete -c captionctl -n "not __fish_seen_subcommand_from $commands" -l version -d 'Show the version'
complete -c captionctl -s h -l help -d 'Show help'

complete -c captionctl -n '__fish_seen_subcommand_from listen' -s s -l source -x -a 'system microphone (__captionctl_first_column sources)' -d 'What to listen to'
complete -c captionctl -n '__fish_seen_subcommand_from listen' -s e -l engine -x -a '(__captionctl_first_column engines)' -d 'What turns speech into text'
complete -c captionctl -n '__fish_seen_subcommand_from listen' -s l -l language -x -d 'What is spoken'
complete -c captionctl -n '__fish_seen_subcommand_from listen' -s j -l join -x -a '(__captionctl_streams)' -d 'Join a stream that runs'
complete -c captionctl -n '__fish_seen_subcommand_from listen' -s f -l format -x -a 'text json' -d 'How to write'
complete -c captionctl -n '__fish_seen_subcommand_from listen' -s n -l no-partials -d 'Only text that does not change any more'
complete -c captionctl -n '__fish_seen_subcommand_from listen' -s d -l duration -x -d 'End after so many seconds'
complete -c captionctl -n '__fish_seen_subcommand_from sources engines status' -l json -d 'Print JSON'
