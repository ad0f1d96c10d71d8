#compdef captiond-overlay
# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright 2026 The captiond contributors

_captiond_overlay_streams () {
  local -a found
  found=(${(f)"$(captionctl status 2> /dev/null | sed -n 's/^Stream //p')"})
  compadd "$@" -a found
}

# One at a time.
_arguments \
  '(- *)--show[show captions]' \
  '(- *)--hide[hide captions, and stop listening]' \
  '(- *)--toggle[show captions, or hide them]' \
  '(- *)--lock[let clicks pass through]' \
  '(- *)--unlock[let captions be moved]' \
  '(- *)--pause[stop listening for a while]' \
  '(- *)--resume[listen again]' \
  '(- *)--settings[open the settings]' \
  '(- *)--history[open the transcript]' \
  '(- *)--quit[quit, and forget the transcript]' \
  '(- *)'{-j+,--join=}'[show the captions of a stream that runs]:stream:_captiond_overlay_streams' \
  '(- *)'{-h,--help}'[show help]' \
  '(- *)--version[show the version]'
