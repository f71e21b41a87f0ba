// The real input of the tests that want one: 309,203 telephone numbers that people reported to the
// FTC in the 90 days up to 2025-12-03. It lies beside a checkout, not in it; where it is missing,
// its tests are skipped, and say so. The 5,000 numbers of scripts/demo are always there.
#ifndef DNC_TESTS_REAL_FILE_H_
#define DNC_TESTS_REAL_FILE_H_

#include <fstream>
#include <string>

namespace dnc {

inline constexpr char kRealFile[] = DNC_SHARED_DATA_DIR "/ftc_reported_numbers.csv";
inline constexpr int kRealFileRows = 309'203;
inline constexpr char kSampleFile[] = DNC_SOURCE_DIR "/scripts/demo/reported_numbers.csv";

inline bool HasRealFile() { return std::ifstream(kRealFile).is_open(); }

#define DNC_SKIP_WITHOUT_REAL_FILE() \
  if (!::dnc::HasRealFile()) GTEST_SKIP() << "the real input is not here: " << ::dnc::kRealFile

}  // namespace dnc

#endif  // DNC_TESTS_REAL_FILE_H_
