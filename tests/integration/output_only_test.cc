// What only the server sets a caller cannot set: every field of a request's objects that the proto
// files call "Output only", in every request that carries it.
#include <google/protobuf/unknown_field_set.h>

#include <set>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "tests/integration/any_method.h"
#include "tests/integration/gateway_fixture.h"

namespace dnc {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;
using testing::HasSubstr;
using testing::Not;

constexpr char kForgedText[] = "forged";
constexpr int64_t kForgedNumber = 987'654'321;

void ForgeInside(Message* message, int depth);

// Sets the field to a value that is known again wherever it comes out.
void Forge(Message* message, const FieldDescriptor& field, int depth = 0) {
  const Reflection& reflection = *message->GetReflection();
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_STRING:
      if (field.is_repeated()) return reflection.AddString(message, &field, kForgedText);
      return reflection.SetString(message, &field, kForgedText);
    case FieldDescriptor::CPPTYPE_INT64:
      return reflection.SetInt64(message, &field, kForgedNumber);
    case FieldDescriptor::CPPTYPE_INT32:
      return reflection.SetInt32(message, &field, kForgedNumber);
    case FieldDescriptor::CPPTYPE_BOOL:
      return reflection.SetBool(message, &field, true);
    case FieldDescriptor::CPPTYPE_ENUM:
      if (field.is_repeated()) return reflection.AddEnumValue(message, &field, kForgedNumber);
      return reflection.SetEnumValue(message, &field, kForgedNumber);
    case FieldDescriptor::CPPTYPE_MESSAGE:
      ForgeInside(field.is_repeated() ? reflection.AddMessage(message, &field)
                                      : reflection.MutableMessage(message, &field),
                  depth + 1);
      return;
    default:
      FAIL() << "no forgery for the type of " << field.full_name();
  }
}

// A message may hold others of its own type; three of them are enough.
void ForgeInside(Message* message, int depth) {
  if (depth > 3) return;
  for (int i = 0; i < message->GetDescriptor()->field_count(); ++i) {
    Forge(message, *message->GetDescriptor()->field(i), depth);
  }
}

// Forges every output-only field of the message and of those in it.
void ForgeOutputOnly(Message* message, std::set<std::string>* forged) {
  const Reflection& reflection = *message->GetReflection();
  for (int i = 0; i < message->GetDescriptor()->field_count(); ++i) {
    const FieldDescriptor* field = message->GetDescriptor()->field(i);
    if (IsOutputOnly(*field)) {
      Forge(message, *field);
      forged->insert(field->full_name());
    } else if (field->cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE) {
      continue;
    } else if (field->is_repeated()) {
      for (int k = 0; k < reflection.FieldSize(*message, field); ++k) {
        ForgeOutputOnly(reflection.MutableRepeatedMessage(message, field, k), forged);
      }
    } else if (reflection.HasField(*message, field)) {
      ForgeOutputOnly(reflection.MutableMessage(message, field), forged);
    }
  }
}

// Every output-only field that a request of that type can carry.
void CollectOutputOnly(const Descriptor& type, std::set<const Descriptor*>* seen,
                       std::set<std::string>* fields) {
  if (!seen->insert(&type).second) return;
  for (int i = 0; i < type.field_count(); ++i) {
    const FieldDescriptor& field = *type.field(i);
    if (IsOutputOnly(field)) {
      fields->insert(field.full_name());
    } else if (field.message_type() != nullptr) {
      CollectOutputOnly(*field.message_type(), seen, fields);
    }
  }
}

class OutputOnlyTest : public GatewayTest {};

TEST_F(OutputOnlyTest, NoneComesBackAsItWasSent) {
  const std::string entry = AddPhoneEntry("+12125550188").name();
  const std::string decision = CheckPhone(kBobPhone).decision_id();
  const std::string review =
      Must<v1::RecordOptOutRequest>(
          "parent: '~' opt_out { contact_point { phone: '2125550187' } keyword_reply { text: 'stop "
          "it' medium: REPLY_MEDIUM_SMS } received_time { seconds: 1768478400 } }")
          .opt_out()
          .review();
  std::set<std::string> forged;
  for (const FullRequest& full : FullRequests()) {
    SCOPED_TRACE(absl::StrCat(full.method, " ", full.text));
    const auto* method = ProductMethod(full.method);
    ASSERT_NE(method, nullptr);
    const auto request = NewMessage(method->input_type());
    ReadText(absl::StrReplaceAll(full.text,
                                 {{"$ENTRY", entry}, {"$DECISION", decision}, {"$REVIEW", review}}),
             request.get());
    FillActor(request.get());
    ForgeOutputOnly(request.get(), &forged);
    std::string bytes;
    EXPECT_THAT(CallMethod(&client(), *method, request->SerializeAsString(), &bytes), IsOk());
    const auto response = NewMessage(method->output_type());
    EXPECT_TRUE(response->ParseFromString(bytes));
    const std::string text = response->ShortDebugString();
    EXPECT_THAT(text, Not(HasSubstr(kForgedText)));
    EXPECT_THAT(text, Not(HasSubstr(absl::StrCat(kForgedNumber))));
    EXPECT_THAT(text, Not(HasSubstr("do_not_contact: true")));
  }
  std::set<const Descriptor*> seen;
  std::set<std::string> all;
  for (const auto* method : ProductMethods()) CollectOutputOnly(*method->input_type(), &seen, &all);
  EXPECT_GT(all.size(), 20u);
  EXPECT_EQ(forged, all) << "a full request lacks an object of that type";
}

// An entry that came with a revocation of its own would block for good: it could not be revoked.
TEST_F(OutputOnlyTest, AnEntryThatCameAsRevokedBlocksAndCanBeRevoked) {
  const auto added = Must<v1::AddEntryRequest>(
      "parent: '~' entry { contact_point { phone: '2125550102' } revoke_time { seconds: 1 } "
      "revoke_actor { id: 'forged' } revoke_evidence: 'forged' }");
  EXPECT_EQ(PhoneVerdict(kBobPhone), v1::VERDICT_DENY);
  const auto revoked = Must<v1::RevokeEntryRequest>(
      absl::StrCat("name: '", added.entry().name(), "' evidence: 'signed form 7'"));
  EXPECT_EQ(revoked.entry().revoke_evidence(), "signed form 7");
  EXPECT_EQ(revoked.entry().revoke_actor().id(), "users/jane");
  EXPECT_EQ(PhoneVerdict(kBobPhone), v1::VERDICT_ALLOW);
}

// A field of a later version is not kept: a later program would believe it.
TEST_F(OutputOnlyTest, FieldsThatThisVersionDoesNotKnowAreNotKept) {
  auto request =
      Parse<v1::AddEntryRequest>("parent: '~' entry { contact_point { phone: '2125550102' } }");
  FillActor(&request);
  google::protobuf::Message* entry = request.mutable_entry();
  entry->GetReflection()->MutableUnknownFields(entry)->AddLengthDelimited(999, kForgedText);
  const auto added = Send(request);
  ASSERT_THAT(added, IsOk());
  EXPECT_THAT(added->SerializeAsString(), Not(HasSubstr(kForgedText)));
}

}  // namespace
}  // namespace dnc
