# fish completion for captiond-overlay
# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright 2026 The captiond contributors

function __captiond_overlay_streams
    captionctl status 2>/dev/null | sed -n 's/^Stream //p'
end

# Options cannot be combined.
function __captiond_overlay_first
    test (count (commandline -opc)) -eq 1
end

complete -c captiond-overlay -f
complete -c captiond-overlay -n __captiond_overlay_first -l show -d 'Show captions'
complete -c captiond-overlay -n __captiond_overlay_first -l hide -d 'Hide captions and stop listening'
complete -c captiond-overlay -n __captiond_overlay_first -l toggle -d 'Show captions if hidden, or hide them'
complete -c captiond-overlay -n __captiond_overlay_first -l lock -d 'Let clicks pass through'
complete -c captiond-overlay -n __captiond_overlay_first -l unlock -d 'Let the captions be moved'
complete -c captiond-overlay -n __captiond_overlay_first -l pause -d 'Pause the captions'
complete -c captiond-overlay -n __captiond_overlay_first -l resume -d 'Resume paused captions'
complete -c captiond-overlay -n __captiond_overlay_first -l settings -d 'Open the settings'
complete -c captiond-overlay -n __captiond_overlay_first -l history -d 'Open the transcript'
complete -c captiond-overlay -n __captiond_overlay_first -l quit -d 'Quit and discard the transcript'
complete -c captiond-overlay -n __captiond_overlay_first -s j -l join -x -a '(__captiond_overlay_streams)' -d 'Show the captions of a running stream'
complete -c captiond-overlay -n __captiond_overlay_first -l version -d 'Show the version'
complete -c captiond-overlay -n __captiond_overlay_first -s h -l help -d 'Show help'
