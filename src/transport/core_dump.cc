#include "transport/core_dump.h"

#include <sys/prctl.h>

namespace socklog {

// RLIMIT_CORE would not do: the kernel does not ask it where dumps go to a program.
void ForbidCoreDumps() { prctl(PR_SET_DUMPABLE, 0, 0, 0, 0); }

}  // namespace socklog
