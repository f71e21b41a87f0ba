#include "storage/base/file_date.h"

#include <gtest/gtest.h>

#include <map>
#include <optional>
#include <string>

namespace dnc {
namespace {

TEST(DateInFileName, TakesTheOneDate) {
  const std::map<std::string, std::optional<absl::CivilDay>> cases = {
      {"2025-11-03_Global_1A2B3C.txt", absl::CivilDay(2025, 11, 3)},
      {"DNC_Complaint_Numbers_2025-12-02.csv", absl::CivilDay(2025, 12, 2)},
      {"/lists/2024-01-01/full_20251103.zip", absl::CivilDay(2025, 11, 3)},
      {"20251103_2025-11-03.txt", absl::CivilDay(2025, 11, 3)},
      {"20251103_20251104.txt", std::nullopt},
      {"2025-02-29.txt", std::nullopt},
      {"2024-02-29.txt", absl::CivilDay(2024, 2, 29)},
      {"2025-1-03.txt", std::nullopt},
      {"120251103.txt", std::nullopt},
      {"202511030.txt", std::nullopt},
      {"99999999.txt", std::nullopt},
      {"list.txt", std::nullopt},
      {"", std::nullopt},
  };
  for (const auto& [name, date] : cases) EXPECT_EQ(DateInFileName(name), date) << name;
}

}  // namespace
}  // namespace dnc
