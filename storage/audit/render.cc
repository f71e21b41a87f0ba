#include "storage/audit/render.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/message.h"
#include "google/protobuf/util/json_util.h"
#include "google/protobuf/util/time_util.h"
#include "storage/base/status_macros.h"

namespace dnc {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::util::TimeUtil;
using storage::v1::AuditedObject;
using storage::v1::Mutation;

// "ApplyAction" for "apply_action".
std::string CamelCase(absl::string_view snake_case) {
  std::string text;
  for (const absl::string_view word : absl::StrSplit(snake_case, '_')) {
    text.push_back(absl::ascii_toupper(static_cast<unsigned char>(word.front())));
    absl::StrAppend(&text, word.substr(1));
  }
  return text;
}

// The message that an object of that kind is; null: this program does not know it.
std::unique_ptr<Message> NewObject(AuditedObject::Kind kind) {
  switch (kind) {
    case AuditedObject::KIND_ORGANIZATION:
      return std::make_unique<v1::Organization>();
    case AuditedObject::KIND_LIST:
      return std::make_unique<v1::DncList>();
    case AuditedObject::KIND_WORKFLOW:
      return std::make_unique<v1::Workflow>();
    case AuditedObject::KIND_STATUS:
      return std::make_unique<v1::Status>();
    case AuditedObject::KIND_ACTION:
      return std::make_unique<v1::Action>();
    case AuditedObject::KIND_LEAD:
      return std::make_unique<v1::Lead>();
    case AuditedObject::KIND_ENTRY:
      return std::make_unique<v1::Entry>();
    case AuditedObject::KIND_ROLE:
      return std::make_unique<v1::Role>();
    case AuditedObject::KIND_ROLE_BINDING:
      return std::make_unique<v1::RoleBinding>();
    case AuditedObject::KIND_GROUP:
      return std::make_unique<v1::Group>();
    case AuditedObject::KIND_TEMPLATE:
      return std::make_unique<v1::Template>();
    case AuditedObject::KIND_REVIEW:
      return std::make_unique<v1::Review>();
    case AuditedObject::KIND_OPT_OUT:
      return std::make_unique<v1::OptOut>();
    default:
      return nullptr;
  }
}

absl::StatusOr<std::string> Json(const Message& message) {
  std::string json;
  const auto status = google::protobuf::util::MessageToJsonString(message, &json);
  if (!status.ok()) {
    return absl::DataLossError(
        absl::StrCat("a ", message.GetDescriptor()->name(),
                     " cannot be told in JSON: ", std::string(status.message())));
  }
  return json;
}

absl::StatusOr<std::string> ObjectJson(AuditedObject::Kind kind, const std::string& bytes) {
  if (bytes.empty()) return "";
  const std::unique_ptr<Message> object = NewObject(kind);
  if (object == nullptr || !object->ParseFromString(bytes)) {
    return absl::DataLossError(absl::StrCat("an object of kind ", static_cast<int>(kind),
                                            " cannot be read by this release"));
  }
  return Json(*object);
}

const FieldDescriptor* BodyField(const Mutation& mutation) {
  return mutation.body_case() == Mutation::BODY_NOT_SET
             ? nullptr
             : Mutation::descriptor()->FindFieldByNumber(mutation.body_case());
}

v1::AuditDisposition DispositionOf(storage::v1::AuditRecord::Disposition disposition) {
  switch (disposition) {
    case storage::v1::AuditRecord::DISPOSITION_APPLIED:
      return v1::AUDIT_DISPOSITION_APPLIED;
    case storage::v1::AuditRecord::DISPOSITION_REFUSED:
      return v1::AUDIT_DISPOSITION_REFUSED;
    case storage::v1::AuditRecord::DISPOSITION_REPEATED:
      return v1::AUDIT_DISPOSITION_REPEATED;
    default:
      return v1::AUDIT_DISPOSITION_UNSPECIFIED;
  }
}

absl::Status RenderObjects(const storage::v1::AuditRecord& record, v1::AuditRecord* rendered) {
  for (const AuditedObject& object : record.objects()) {
    v1::AuditedObject* to = rendered->add_objects();
    to->set_kind(AuditedKindText(object.kind()));
    to->set_name(object.name());
    DNC_ASSIGN_OR_RETURN(*to->mutable_before(), ObjectJson(object.kind(), object.before()));
    DNC_ASSIGN_OR_RETURN(*to->mutable_after(), ObjectJson(object.kind(), object.after()));
  }
  return absl::OkStatus();
}

}  // namespace

std::string MutationKind(const Mutation& mutation) {
  const FieldDescriptor* field = BodyField(mutation);
  return field == nullptr ? "" : CamelCase(field->name());
}

const std::vector<std::string>& MutationKinds() {
  static const auto* const kKinds = [] {
    auto* const kinds = new std::vector<std::string>;
    const google::protobuf::OneofDescriptor* body = Mutation::descriptor()->FindOneofByName("body");
    for (int i = 0; i < body->field_count(); ++i) {
      kinds->push_back(CamelCase(body->field(i)->name()));
    }
    std::sort(kinds->begin(), kinds->end());
    return kinds;
  }();
  return *kKinds;
}

std::string AuditedKindText(AuditedObject::Kind kind) {
  absl::string_view name = AuditedObject::Kind_Name(kind);
  absl::ConsumePrefix(&name, "KIND_");
  return absl::AsciiStrToLower(name);
}

absl::StatusOr<v1::AuditRecord> RenderAuditRecord(const storage::v1::AuditRecord& record) {
  const Mutation& mutation = record.mutation();
  v1::AuditRecord rendered;
  rendered.set_revision(record.revision());
  rendered.set_organization(absl::StrCat("organizations/", mutation.organization()));
  *rendered.mutable_time() = TimeUtil::MicrosecondsToTimestamp(mutation.propose_time());
  rendered.set_request_id(mutation.request_id());
  *rendered.mutable_actor() = mutation.actor();
  rendered.set_principal(mutation.principal());
  rendered.set_kind(MutationKind(mutation));
  rendered.set_disposition(DispositionOf(record.disposition()));
  if (const FieldDescriptor* body = BodyField(mutation); body != nullptr) {
    DNC_ASSIGN_OR_RETURN(*rendered.mutable_request(),
                         Json(mutation.GetReflection()->GetMessage(mutation, body)));
  }
  rendered.set_code(record.outcome().code());
  rendered.set_message(record.outcome().message());
  rendered.set_reason(record.outcome().error().reason());
  if (record.disposition() == storage::v1::AuditRecord::DISPOSITION_REPEATED) {
    rendered.set_repeated_revision(record.outcome().revision());
  }
  DNC_RETURN_IF_ERROR(RenderObjects(record, &rendered));
  rendered.set_entries_added(record.entries_added());
  return rendered;
}

absl::StatusOr<v1::AuditRecord> RenderAuditContent(absl::string_view content) {
  storage::v1::AuditRecord record;
  if (!record.ParseFromArray(content.data(), static_cast<int>(content.size()))) {
    return absl::DataLossError("it is no audit record");
  }
  return RenderAuditRecord(record);
}

}  // namespace dnc
