#compdef captiond-overlay
# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright 2026 The captiond contributors

_captiond_overlay_streams () {
  local -a found
  found=(${(f)"$(captionctl status 2> /dev/null | sed -n 's/^Stream //p')"})
  compadd "$@" -a found
}

# Options cannot be combined.
_arguments \
  '(- *)--show[show captions]' \
  '(- *)--hide[hide captions and stop listening]' \
  '(- *)--toggle[show captions if hidden, or hide them]' \
  '(- *)--lock[let clicks pass through]' \
  '(- *)--unlock[let the captions be moved]' \
  '(- *)--pause[pause the captions]' \
  '(- *)--resume[resume paused captions]' \
  '(- *)--settings[open the settings]' \
  '(- *)--history[open the transcript]' \
  '(- *)--quit[quit and discard the transcript]' \
  '(- *)'{-j+,--join=}'[show the captions of a running stream]:stream:_captiond_overlay_streams' \
  '(- *)'{-h,--help}'[show help]' \
  '(- *)--version[show the version]'
