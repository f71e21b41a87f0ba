// Lines as damaged lists have them.
#ifndef DNC_TESTS_UNIT_REGISTRY_RANDOM_LINES_H_
#define DNC_TESTS_UNIT_REGISTRY_RANDOM_LINES_H_

#include <random>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

namespace dnc {

// Mostly a number as full lists of the FTC have it, and its line end.
inline std::string RandomLine(std::mt19937_64& random) {
  const std::string area =
      absl::StrCat(random() % 50 == 0 ? random() % 1000 : 200 + random() % 800);
  std::string local = absl::StrFormat("%07d", 2'000'000 + random() % 8'000'000);
  std::string line = random() % 3 == 0 ? area + local : absl::StrCat(area, ",", local);
  if (random() % 20 == 0)
    line[random() % line.size()] = "0123456789,;\"' a\r\n\t\xC3"[random() % 20];
  if (random() % 40 == 0) line.insert(random() % line.size(), 1, "09,\" \n"[random() % 6]);
  if (random() % 60 == 0) line.erase(random() % line.size(), 1);
  if (random() % 80 == 0) line = "area,number";
  if (random() % 80 == 0) line = absl::StrCat("\"", line, "\"");
  return line + (random() % 4 == 0 ? "\r\n" : random() % 70 == 0 ? "\n\n" : "\n");
}

}  // namespace dnc

#endif  // DNC_TESTS_UNIT_REGISTRY_RANDOM_LINES_H_
