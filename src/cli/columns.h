// Tables for people.
#ifndef SOCKLOG_CLI_COLUMNS_H_
#define SOCKLOG_CLI_COLUMNS_H_

#include <string>
#include <vector>

namespace socklog {

// One line for each row. Cells are bytes; but for the last, each is as wide as the widest of its column, and two
// blanks. REQUIRES: all rows have the same number of cells, at least one
std::string AlignColumns(const std::vector<std::vector<std::string>>& rows);

}  // namespace socklog

#endif  // SOCKLOG_CLI_COLUMNS_H_
