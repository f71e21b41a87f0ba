// Every text and every repeated field of every request is bounded: too much of it is refused with a
// typed error that names the field, before anything is written.
#include <set>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "tests/integration/any_method.h"
#include "tests/integration/gateway_fixture.h"

namespace dnc {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

constexpr int kTooManyMessages = 20'000;
constexpr int kTooManyValues = 140'000;
const std::string& TooLong() {
  static const auto* const kText = new std::string(2u << 20, 'x');
  return *kText;
}

struct Exception {
  const char* method;
  const char* path;  // also all that begins with it
  const char* why;
};
constexpr Exception kExceptions[] = {
    {"CheckContact", "campaign", "compared with those of lists, never kept"},
    {"CheckContact", "brand", "compared with those of lists, never kept"},
    {"BatchCheckContacts", "items[0].", "refused in the item's own result: see batch_check_test"},
    {"StreamChecks", "checks[0].", "refused in the check's own answer: see stream_checks_test"},
    {"FilterContacts", "config.campaign", "compared with those of lists, never kept"},
    {"FilterContacts", "config.brand", "compared with those of lists, never kept"},
    {"FilterContacts", "raw", "counted with phones; one that is too long is no contact point"},
    {"ReportContacts", "contacts[0].", "refused in the contact's own result"},
    {"CreateOrganization", "organization.name", "ignored: the id is organization_id"},
    {"CreateOrganization", "organization.etag", "ignored: what is new has none"},
    {"CreateList", "list.etag", "ignored: what is new has none"},
    {"ApplyWorkflow", "lists[0].etag", "ignored: lists are created, never changed"},
    {"ApplyWorkflow", "lists[1].etag", "ignored: lists are created, never changed"},
    {"UpdateWorkflow", "workflow.statuses", "ignored: UpdateStatus changes them"},
    {"CreateWorkflow", "workflow.name", "ignored: the id is workflow_id"},
    {"CreateStatus", "status.name", "ignored: the id is status_id"},
    {"CreateAction", "action.name", "ignored: the id is action_id"},
    {"CreateRole", "role.name", "ignored: the id is role_id"},
    {"CreateGroup", "group.name", "ignored: the id is group_id"},
    {"CreateGroup", "group.etag", "ignored: what is new has none"},
    {"CreateList", "list.name", "ignored: the id is list_id"},
    {"CreateTemplate", "template.name", "ignored: the id is template_id"},
    {"RecordOptOut", "opt_out.contact_point.default_region", "of an e-mail address: ignored"},
    {"RecordOptOut", "opt_out.keyword_reply.text", "its beginning is judged and kept"},
    {"RecordOptOut", "opt_out.email_reply.subject", "its beginning is judged and kept"},
    {"RecordOptOut", "opt_out.email_reply.text", "its beginning is judged and kept"},
    {"UpdateStatus", "status.actions", "ignored: UpdateAction changes them"},
    {"UpsertLead", "lead.contact_points[1].default_region", "of an e-mail address: ignored"},
    {"UpsertLead", "lead.contact_points[2].default_region", "of another address: ignored"},
    {"ImportList", "config.file_name", "its date is read, and 512 bytes are kept as evidence"},
};

bool IsExcepted(absl::string_view method, absl::string_view path) {
  for (const Exception& exception : kExceptions) {
    if (exception.method == method && absl::StartsWith(path, exception.path)) return true;
  }
  return false;
}

class BoundsTest : public GatewayTest {
 protected:
  // Sends the request and expects a refusal of that field.
  void ExpectRefused(const std::string& path) {
    SCOPED_TRACE(absl::StrCat(method_->name(), " ", path));
    const int64_t before = Revision();
    std::string response;
    const CallStatus status =
        CallMethod(&client(), *method_, request_->SerializeAsString(), &response);
    EXPECT_THAT(status.reason(), testing::AnyOf("LIMIT_EXCEEDED", "INVALID_FIELD",
                                                "INVALID_PHONE_NUMBER", "INVALID_EMAIL_ADDRESS"));
    EXPECT_THAT(status, Refused(status.reason()));
    EXPECT_THAT(status.metadata("field"), testing::StartsWith(path));
    EXPECT_LT(status.message.size(), 1000u);
    EXPECT_EQ(Revision(), before) << "it was written";
    ++tried_;
  }

  // Overfills each field of the message and of those in it, one at a time.
  void Overfill(Message* message, const std::string& prefix) {
    const std::unique_ptr<Message> good(message->New());
    good->CopyFrom(*message);
    for (int i = 0; i < message->GetDescriptor()->field_count(); ++i) {
      const FieldDescriptor& field = *message->GetDescriptor()->field(i);
      const std::string path = absl::StrCat(prefix, field.name());
      if (IsOutputOnly(field) || IsExcepted(method_->name(), path)) continue;
      if (field.is_repeated()) {
        OverfillRepeated(message, field, path);
      } else if (field.cpp_type() == FieldDescriptor::CPPTYPE_STRING) {
        OverfillText(message, field, path);
      }
      message->CopyFrom(*good);
      EnterChildren(message, field, path);
    }
  }

  void EnterChildren(Message* message, const FieldDescriptor& field, const std::string& path) {
    const Reflection& reflection = *message->GetReflection();
    if (field.cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE) return;
    if (!field.is_repeated()) {
      if (!reflection.HasField(*message, &field)) return;
      return Overfill(reflection.MutableMessage(message, &field), absl::StrCat(path, "."));
    }
    for (int k = 0; k < reflection.FieldSize(*message, &field); ++k) {
      Overfill(reflection.MutableRepeatedMessage(message, &field, k),
               absl::StrCat(path, "[", k, "]."));
    }
  }

  void OverfillText(Message* message, const FieldDescriptor& field, const std::string& path) {
    const Reflection& reflection = *message->GetReflection();
    const bool other_case =
        field.real_containing_oneof() != nullptr && !reflection.HasField(*message, &field);
    if (other_case) return;
    reflection.SetString(message, &field,
                         absl::StrCat(reflection.GetString(*message, &field), TooLong()));
    ExpectRefused(path);
  }

  void OverfillRepeated(Message* message, const FieldDescriptor& field, const std::string& path) {
    const Reflection& reflection = *message->GetReflection();
    const bool empty = reflection.FieldSize(*message, &field) == 0;
    const bool of_messages = field.cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE;
    for (int i = 0; i < (of_messages ? kTooManyMessages : kTooManyValues); ++i) {
      switch (field.cpp_type()) {
        case FieldDescriptor::CPPTYPE_STRING:
          reflection.AddString(message, &field,
                               empty ? "x" : reflection.GetRepeatedString(*message, &field, 0));
          break;
        case FieldDescriptor::CPPTYPE_ENUM:
          reflection.AddEnumValue(message, &field, 1);
          break;
        case FieldDescriptor::CPPTYPE_UINT64:
          reflection.AddUInt64(message, &field, kAnnDigits);
          break;
        case FieldDescriptor::CPPTYPE_MESSAGE: {
          Message* added = reflection.AddMessage(message, &field);
          if (!empty) added->CopyFrom(reflection.GetRepeatedMessage(*message, &field, 0));
          break;
        }
        default:
          FAIL() << "nothing to overfill " << field.full_name() << " with";
      }
    }
    ExpectRefused(path);
    if (field.cpp_type() != FieldDescriptor::CPPTYPE_STRING || empty) return;
    const std::string element = absl::StrCat(path, "[0]");
    if (IsExcepted(method_->name(), element)) return;
    const std::string value = reflection.GetRepeatedString(*message, &field, 0);
    reflection.ClearField(message, &field);
    reflection.AddString(message, &field, absl::StrCat(value, TooLong()));
    ExpectRefused(path);
  }

  const google::protobuf::MethodDescriptor* method_ = nullptr;
  std::unique_ptr<Message> request_;
  int tried_ = 0;
};

TEST_F(BoundsTest, TooMuchIsRefusedAndNamed) {
  const std::string entry = AddPhoneEntry("+12125550188").name();
  const std::string decision = CheckPhone(kBobPhone).decision_id();
  const std::string review =
      Must<v1::RecordOptOutRequest>(
          "parent: '~' opt_out { contact_point { phone: '2125550187' } keyword_reply { text: 'stop "
          "it' medium: REPLY_MEDIUM_SMS } received_time { seconds: 1768478400 } }")
          .opt_out()
          .review();
  std::set<std::string> methods;
  for (const FullRequest& full : FullRequests()) {
    method_ = ProductMethod(full.method);
    ASSERT_NE(method_, nullptr) << full.method;
    methods.insert(full.method);
    request_ = NewMessage(method_->input_type());
    ReadText(absl::StrReplaceAll(full.text,
                                 {{"$ENTRY", entry}, {"$DECISION", decision}, {"$REVIEW", review}}),
             request_.get());
    FillActor(request_.get());
    Overfill(request_.get(), "");
    // What the next ones need, and a proof that nothing but the excess was refused.
    std::string response;
    EXPECT_THAT(CallMethod(&client(), *method_, request_->SerializeAsString(), &response), IsOk())
        << full.method;
  }
  EXPECT_EQ(methods.size(), ProductMethods().size());
  EXPECT_GT(tried_, 200);
}

TEST_F(BoundsTest, ACopyOfMillionsOfActionsIsRefused) {
  auto request = Parse<v1::CopyActionsRequest>("source: '~s/new' targets: '~s/won'");
  FillActor(&request);
  for (int i = 0; i < 2'000'000; ++i) request.add_actions("a");
  const int64_t before = Revision();
  EXPECT_THAT(Send(request), RefusedAt("LIMIT_EXCEEDED", "actions"));
  EXPECT_EQ(Revision(), before);
}

}  // namespace
}  // namespace dnc
