#include "tests/integration/zip.h"

#include <gtest/gtest.h>
#include <zip.h>

namespace dnc::e2e {

void WriteZip(const std::string& path, const std::string& member, const std::string& text) {
  zip_t* archive = zip_open(path.c_str(), ZIP_CREATE | ZIP_TRUNCATE, nullptr);
  ASSERT_NE(archive, nullptr) << path;
  zip_source_t* source = zip_source_buffer(archive, text.data(), text.size(), 0);
  ASSERT_GE(zip_file_add(archive, member.c_str(), source, 0), 0);
  ASSERT_EQ(zip_close(archive), 0);
}

}  // namespace dnc::e2e
