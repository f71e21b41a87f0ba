// Zip archives for tests.
#ifndef DNC_TESTS_INTEGRATION_ZIP_H_
#define DNC_TESTS_INTEGRATION_ZIP_H_

#include <string>

namespace dnc::e2e {

// Writes an archive with one file in it; it must succeed.
void WriteZip(const std::string& path, const std::string& member, const std::string& text);

}  // namespace dnc::e2e

#endif  // DNC_TESTS_INTEGRATION_ZIP_H_
