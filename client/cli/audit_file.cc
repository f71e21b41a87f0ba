#include "client/cli/audit_file.h"

#include <set>
#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "google/protobuf/struct.pb.h"
#include "google/protobuf/util/json_util.h"
#include "google/protobuf/util/message_differencer.h"
#include "storage/audit/chain.h"
#include "storage/audit/render.h"
#include "storage/base/status_macros.h"

namespace dnc::cli {
namespace {

using google::protobuf::Struct;
using google::protobuf::Value;

constexpr absl::string_view kFormat = "dnc-audit-1";

absl::StatusOr<std::string> ReadableOf(absl::string_view content) {
  DNC_ASSIGN_OR_RETURN(const v1::AuditRecord record, RenderAuditContent(content));
  google::protobuf::util::JsonPrintOptions options;
  options.preserve_proto_field_names = true;
  std::string json;
  if (!google::protobuf::util::MessageToJsonString(record, &json, options).ok()) {
    return absl::DataLossError("it has a text that is not UTF-8");
  }
  return json;
}

std::optional<Struct> ParseObject(const std::string& json) {
  Struct object;
  if (!google::protobuf::util::JsonStringToMessage(json, &object).ok()) return std::nullopt;
  return object;
}

// The members of an object, taken one by one: what is left over was not written by an export.
class Members {
 public:
  explicit Members(const Struct& object) : object_(object) {
    for (const auto& [name, value] : object.fields()) left_.insert(name);
  }

  const Value* Take(const std::string& name) {
    left_.erase(name);
    const auto found = object_.fields().find(name);
    return found == object_.fields().end() ? nullptr : &found->second;
  }
  std::string Text(const std::string& name) {
    const Value* value = Take(name);
    return value == nullptr ? "" : value->string_value();
  }
  int64_t Number(const std::string& name) {
    const Value* value = Take(name);
    return value == nullptr ? 0 : static_cast<int64_t>(value->number_value());
  }
  // A hash in hexadecimal; empty where there is none.
  std::string Hash(const std::string& name) { return ParseAuditHash(Text(name)).value_or(""); }
  bool has_others() const { return !left_.empty(); }

 private:
  const Struct& object_;
  std::set<std::string> left_;
};

absl::StatusOr<v1::AuditExportHeader> ParseHeader(const std::string& line) {
  const std::optional<Struct> object = ParseObject(line);
  const absl::Status refused = absl::InvalidArgumentError(
      "the file is no export of the audit trail: its first line is not what `dncctl audit export` "
      "writes");
  if (!object.has_value()) return refused;
  Members members(*object);
  v1::AuditExportHeader header;
  if (members.Text("format") != kFormat) return refused;
  header.set_parent(members.Text("parent"));
  header.set_first_revision(members.Number("first_revision"));
  header.set_last_revision(members.Number("last_revision"));
  header.set_previous_hash(members.Hash("previous_hash"));
  header.set_organization_key(members.Hash("organization_key"));
  header.mutable_head()->set_revision(members.Number("head_revision"));
  header.mutable_head()->set_hash(members.Text("head_hash"));
  header.mutable_head()->set_first_chained_revision(members.Number("first_chained_revision"));
  header.mutable_head()->set_anchor_hash(members.Text("anchor_hash"));
  if (members.has_others() || header.first_revision() < 1) return refused;
  return header;
}

// Whether the line says of the record what its content says.
bool IsTrue(const Value* readable, absl::string_view content) {
  const absl::StatusOr<std::string> json = ReadableOf(content);
  if (!json.ok() || readable == nullptr) return false;
  const std::optional<Struct> object = ParseObject(*json);
  return object.has_value() &&
         google::protobuf::util::MessageDifferencer::Equals(readable->struct_value(), *object);
}

// Reads a file line by line.
class Lines {
 public:
  explicit Lines(Input& input) : input_(input) {}

  // The next line; nothing at the end.
  absl::StatusOr<std::optional<std::string>> Next() {
    size_t end;
    while ((end = buffer_.find('\n', start_)) == std::string::npos && !ended_) {
      DNC_ASSIGN_OR_RETURN(const std::string piece, input_.Next());
      ended_ = piece.empty();
      buffer_.erase(0, start_);
      start_ = 0;
      buffer_ += piece;
    }
    if (end == std::string::npos && start_ == buffer_.size()) return std::optional<std::string>();
    std::string line = buffer_.substr(start_, end - start_);
    start_ = end == std::string::npos ? buffer_.size() : end + 1;
    return std::optional<std::string>(std::move(line));
  }

 private:
  Input& input_;
  std::string buffer_;
  size_t start_ = 0;
  bool ended_ = false;
};

// One line after the header. Answers whether it is the last one.
bool CheckLine(const std::string& line, AuditCheck* check) {
  const std::optional<Struct> object = ParseObject(line);
  if (!object.has_value()) {
    check->AddUnreadable("its line is not JSON");
    return false;
  }
  Members members(*object);
  if (members.Take("end") != nullptr && !members.has_others()) return true;
  v1::ExportedAuditRecord record;
  record.set_revision(members.Number("revision"));
  record.set_hash(members.Hash("hash"));
  record.set_organization_tag(members.Hash("tag"));
  record.set_content_digest(members.Hash("content_digest"));
  std::string content;
  const Value* encoded = members.Take("content");
  const Value* readable = members.Take("record");
  if (encoded != nullptr && !absl::Base64Unescape(encoded->string_value(), &content)) {
    check->AddUnreadable("its content is not base64");
    return false;
  }
  record.set_content(content);
  const bool whole = content.empty()
                         ? readable == nullptr && record.content_digest().size() == kAuditHashBytes
                         : IsTrue(readable, content) && record.content_digest().empty();
  if (!whole || members.has_others()) check->AddContradiction(record.revision());
  check->Add(record);
  return false;
}

}  // namespace

std::string AuditHeaderLine(const v1::AuditExportHeader& header) {
  const v1::AuditHead& head = header.head();
  return absl::StrCat("{\"format\":\"", kFormat, "\",\"parent\":\"", header.parent(),
                      "\",\"first_revision\":", header.first_revision(),
                      ",\"last_revision\":", header.last_revision(), ",\"previous_hash\":\"",
                      AuditHashText(header.previous_hash()), "\",\"organization_key\":\"",
                      AuditHashText(header.organization_key()),
                      "\",\"head_revision\":", head.revision(), ",\"head_hash\":\"", head.hash(),
                      "\",\"first_chained_revision\":", head.first_chained_revision(),
                      ",\"anchor_hash\":\"", head.anchor_hash(), "\"}\n");
}

absl::StatusOr<std::string> AuditRecordLine(const v1::ExportedAuditRecord& record) {
  std::string line = absl::StrCat("{\"revision\":", record.revision(), ",\"hash\":\"",
                                  AuditHashText(record.hash()), "\",\"tag\":\"",
                                  AuditHashText(record.organization_tag()), "\"");
  if (record.content().empty()) {
    absl::StrAppend(&line, ",\"content_digest\":\"", AuditHashText(record.content_digest()), "\"");
  } else {
    const absl::StatusOr<std::string> readable = ReadableOf(record.content());
    if (!readable.ok()) {
      return absl::DataLossError(absl::StrCat("the record of revision ", record.revision(),
                                              " cannot be shown: ", readable.status().message()));
    }
    absl::StrAppend(&line, ",\"content\":\"", absl::Base64Escape(record.content()),
                    "\",\"record\":", *readable);
  }
  return line + "}\n";
}

std::string AuditEndLine() { return "{\"end\":true}\n"; }

absl::StatusOr<std::unique_ptr<AuditCheck>> CheckAuditFile(Input& input,
                                                           std::optional<NotedHead> noted) {
  Lines lines(input);
  DNC_ASSIGN_OR_RETURN(const std::optional<std::string> first, lines.Next());
  DNC_ASSIGN_OR_RETURN(const v1::AuditExportHeader header, ParseHeader(first.value_or("")));
  auto check = std::make_unique<AuditCheck>(header, std::move(noted));
  bool ended = false;
  while (true) {
    DNC_ASSIGN_OR_RETURN(const std::optional<std::string> line, lines.Next());
    if (!line.has_value()) break;
    if (ended) {
      check->AddUnreadable("it stands after the file's last line");
      break;
    }
    ended = CheckLine(*line, check.get());
  }
  if (!ended) check->AddCut();
  check->Finish();
  return check;
}

}  // namespace dnc::cli
