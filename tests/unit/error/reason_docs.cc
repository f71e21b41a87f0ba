#include "tests/unit/error/reason_docs.h"

#include <fstream>
#include <regex>

namespace dnc {
namespace {

constexpr char kProtoFile[] = DNC_SOURCE_DIR "/proto/dnc/v1/error_reason.proto";

ReasonDoc ParseComment(const std::string& comment) {
  static const std::regex* const kForm = new std::regex(R"(^([A-Z_]+) \{([a-z_, ]*)\})");
  static const std::regex* const kKey = new std::regex("[a-z_]+");
  ReasonDoc doc;
  std::smatch form;
  if (!std::regex_search(comment, form, *kForm)) return doc;
  doc.code = form[1];
  const std::string keys = form[2];
  for (auto key = std::sregex_iterator(keys.begin(), keys.end(), *kKey);
       key != std::sregex_iterator(); ++key) {
    doc.keys.insert(key->str());
  }
  return doc;
}

}  // namespace

std::map<std::string, ReasonDoc> ReadReasonDocs() {
  static const std::regex* const kValue = new std::regex(R"(^  (ERROR_REASON_\w+) = \d+;)");
  static const std::regex* const kComment = new std::regex(R"(^ *// ?(.*))");
  std::map<std::string, ReasonDoc> docs;
  std::ifstream file(kProtoFile);
  std::string comment;
  for (std::string line; std::getline(file, line);) {
    std::smatch match;
    if (std::regex_search(line, match, *kComment)) {
      comment += comment.empty() ? match.str(1) : " " + match.str(1);
      continue;
    }
    if (std::regex_search(line, match, *kValue)) docs[match[1]] = ParseComment(comment);
    comment.clear();
  }
  return docs;
}

}  // namespace dnc
