// socklog: HTTP access logs in, alerts out. See docs/architecture.md for the way a line takes.
#include "cli/cli.h"

int main(int argc, char** argv) { return socklog::RunCommandLine(argc, argv); }
