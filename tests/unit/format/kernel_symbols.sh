#!/bin/sh
# Code for one instruction set must not reach processors without it: a kernel of the scanner may share no function with
# other objects, since the linker keeps any one copy. Arguments: nm, objects.
nm=$1
shift
found=0
for object in "$@"; do
  case $object in
    */kernel_*) ;;
    *) continue ;;
  esac
  found=1
  if "$nm" -C "$object" | grep -E ' [WVu] '; then
    echo "$object shares the functions above"
    exit 1
  fi
done
[ "$found" = 1 ]
