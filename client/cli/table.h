// Text for people: aligned columns.
#ifndef DNC_CLIENT_CLI_TABLE_H_
#define DNC_CLIENT_CLI_TABLE_H_

#include <cstddef>
#include <ostream>
#include <string>
#include <vector>

namespace dnc::cli {

// Collects rows and prints them with columns as wide as their widest cell. The last column is not
// padded. Cells are shown as Printable (client/cli/utf8.h) shows them.
class Table {
 public:
  explicit Table(std::vector<std::string> header);

  // As many cells as the header has; empty ones show as "-".
  void AddRow(std::vector<std::string> cells);

  void Print(std::ostream& out) const;

  size_t size() const { return rows_.size() - 1; }

 private:
  std::vector<std::vector<std::string>> rows_;  // the header first
};

}  // namespace dnc::cli

#endif  // DNC_CLIENT_CLI_TABLE_H_
