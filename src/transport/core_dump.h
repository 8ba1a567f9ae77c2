// Secrets in memory and what is left of a process that crashes.
#ifndef SOCKLOG_TRANSPORT_CORE_DUMP_H_
#define SOCKLOG_TRANSPORT_CORE_DUMP_H_

namespace socklog {

// From now on a crash leaves no image of the process, neither as a file nor with a collector such as systemd-coredump,
// and only root may look into it. Called by whoever is about to hold a password or a private key. Thread-safe.
void ForbidCoreDumps();

}  // namespace socklog

#endif  // SOCKLOG_TRANSPORT_CORE_DUMP_H_
