#include "cli/help.h"

#include <sstream>

#include "cli/list_metrics.h"
#include "metrics/registry.h"
#include "support/catch.h"

namespace socklog {
namespace {

std::size_t LongestLine(const std::string& text) {
  std::size_t longest = 0;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) longest = std::max(longest, line.size());
  return longest;
}

TEST_CASE("the help of a command has all its options and no others, and fits a terminal") {
  for (const CommandRow& command : Commands()) {
    const std::string help = FormatHelp(command);
    CHECK(LongestLine(help) <= 96);
    for (const OptionRow& row : OptionTable()) {
      const std::string flag = "--" + std::string(row.name);
      INFO(command.name << ' ' << flag);
      const bool there = help.find("  " + flag + ' ') != std::string::npos ||
                         help.find("  " + flag + '\n') != std::string::npos ||
                         help.find(", " + flag + ' ') != std::string::npos;
      CHECK(there == (FindOption(command.command, row.name) != nullptr));
    }
  }
}

TEST_CASE("defaults and choices are shown") {
  const std::string help = FormatHelp(*FindCommand("analyze"));
  CHECK(help.find("--window TIME             length of a window, in whole seconds (default: 10s)\n") !=
        std::string::npos);
  CHECK(help.find("--output auto|json|text") != std::string::npos);
  CHECK(help.find("  -j, --jobs N ") != std::string::npos);
  CHECK(help.find("\nWindows:\n") != std::string::npos);
}

TEST_CASE("an option that means something else to a command says so there") {
  const std::string generate = FormatHelp(*FindCommand("generate"));
  CHECK(generate.find("combined)\n") != std::string::npos);
  CHECK(generate.find("generate:") == std::string::npos);
  const std::string thresholds = FormatHelp(*FindCommand("thresholds"));
  CHECK(thresholds.find("--label NAME=VALUE        no effect here") != std::string::npos);
  CHECK(thresholds.find("--idle-timeout TIME       a socket") != std::string::npos);
}

TEST_CASE("the usage names every command") {
  const std::string usage = FormatUsage();
  CHECK(LongestLine(usage) <= 96);
  for (const CommandRow& command : Commands())
    CHECK(usage.find("\n  " + std::string(command.name) + ' ') != std::string::npos);
  CHECK(FormatVersion().find("socklog ") == 0);
}

TEST_CASE("--list-metrics names every metric") {
  const std::string text = ListMetricsAsText();
  const std::string json = ListMetricsAsJson();
  for (const Metric* metric : AllMetrics()) {
    CHECK(text.find('\n' + std::string(metric->name) + ' ') != std::string::npos);
    CHECK(json.find("{\"name\":\"" + std::string(metric->name) + "\",") != std::string::npos);
  }
}

}  // namespace
}  // namespace socklog
