#include "client/internal/answer_bytes.h"

#include <algorithm>
#include <array>
#include <cstddef>

#include "client/internal/valid_for.h"
#include "dnc/v1/check.pb.h"

namespace dnc {
namespace {

constexpr uint32_t kVarintType = 0, kFixed64Type = 1, kBytesType = 2;  // wire types

constexpr uint32_t FieldTag(int field, uint32_t type) {
  return static_cast<uint32_t>(field) << 3 | type;
}

// The fields of a message of plain form: as gateways write them, with numbers below 16. What is not
// plain may be a message all the same; protobuf has to say.
class PlainFields {
 public:
  explicit PlainFields(absl::string_view message)
      : next_(message.data()), end_(message.data() + message.size()) {}

  // Reads the next field. False at the end, and at what is not plain: see plain().
  bool Next() {
    if (next_ == end_) return false;
    return (plain_ = Read());
  }
  bool plain() const { return plain_; }

  // Of the field that Next read.
  uint32_t tag() const { return tag_; }
  uint64_t number() const { return number_; }
  absl::string_view bytes() const { return bytes_; }

 private:
  bool Read() {
    tag_ = static_cast<unsigned char>(*next_++);
    if (tag_ >= 0x80 || tag_ < 8) return false;
    switch (tag_ & 7) {
      case kVarintType:
        return ReadVarint(&number_);
      case kFixed64Type:
        return ReadFixed64();
      case kBytesType:
        return ReadBytes();
      default:
        return false;
    }
  }
  bool ReadVarint(uint64_t* value) {
    *value = 0;
    for (uint32_t shift = 0; shift < 64 && next_ != end_; shift += 7) {
      const auto byte = static_cast<unsigned char>(*next_++);
      *value |= uint64_t{byte & 0x7Fu} << shift;
      if (byte < 0x80) return true;
    }
    return false;
  }
  bool ReadFixed64() {
    if (end_ - next_ < static_cast<ptrdiff_t>(sizeof(number_))) return false;
    number_ = 0;
    for (uint32_t i = 0; i < sizeof(number_); ++i) {
      number_ |= uint64_t{static_cast<unsigned char>(*next_++)} << (8 * i);
    }
    return true;
  }
  bool ReadBytes() {
    uint64_t size = 0;
    if (!ReadVarint(&size) || size > static_cast<uint64_t>(end_ - next_)) return false;
    bytes_ = absl::string_view(next_, static_cast<size_t>(size));
    next_ += size;
    return true;
  }

  const char* next_;
  const char* end_;
  bool plain_ = true;
  uint32_t tag_ = 0;
  uint64_t number_ = 0;
  absl::string_view bytes_;
};

bool IsAscii(absl::string_view text) {
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return static_cast<signed char>(c) >= 0; });
}

bool IsPlainTime(absl::string_view message) {  // Durations are alike
  using google::protobuf::Timestamp;
  PlainFields fields(message);
  while (fields.Next()) {
    if (fields.tag() != FieldTag(Timestamp::kSecondsFieldNumber, kVarintType) &&
        fields.tag() != FieldTag(Timestamp::kNanosFieldNumber, kVarintType)) {
      return false;
    }
  }
  return fields.plain();
}

bool IsPlainPoint(absl::string_view message) {
  using Point = v1::ContactPoint;
  PlainFields fields(message);
  while (fields.Next()) {
    switch (fields.tag()) {
      case FieldTag(Point::kPhoneFieldNumber, kBytesType):
      case FieldTag(Point::kEmailFieldNumber, kBytesType):
      case FieldTag(Point::kOtherFieldNumber, kBytesType):
      case FieldTag(Point::kDefaultRegionFieldNumber, kBytesType):
        if (!IsAscii(fields.bytes())) return false;
        break;
      default:
        return false;
    }
  }
  return fields.plain();
}

bool IsPlainReasonField(const PlainFields& field) {
  using Reason = v1::Reason;
  switch (field.tag()) {
    case FieldTag(Reason::kTypeFieldNumber, kVarintType):
    case FieldTag(Reason::kEffectFieldNumber, kVarintType):
    case FieldTag(Reason::kOverridableFieldNumber, kVarintType):
      return true;
    case FieldTag(Reason::kListFieldNumber, kBytesType):
    case FieldTag(Reason::kEntryFieldNumber, kBytesType):
    case FieldTag(Reason::kStatusFieldNumber, kBytesType):
    case FieldTag(Reason::kLeadFieldNumber, kBytesType):
    case FieldTag(Reason::kMessageFieldNumber, kBytesType):
      return IsAscii(field.bytes());
    case FieldTag(Reason::kContactPointFieldNumber, kBytesType):
      return IsPlainPoint(field.bytes());
    case FieldTag(Reason::kSinceFieldNumber, kBytesType):
    case FieldTag(Reason::kUntilFieldNumber, kBytesType):
      return IsPlainTime(field.bytes());
    default:
      return false;
  }
}

bool IsPlainReason(absl::string_view message) {
  PlainFields fields(message);
  while (fields.Next()) {
    if (!IsPlainReasonField(fields)) return false;
  }
  return fields.plain();
}

absl::Duration ValidFor(absl::string_view plain) {
  google::protobuf::Duration wire;
  PlainFields fields(plain);
  while (fields.Next()) {
    if (fields.tag() == FieldTag(google::protobuf::Duration::kSecondsFieldNumber, kVarintType)) {
      wire.set_seconds(static_cast<int64_t>(fields.number()));
    } else {
      wire.set_nanos(static_cast<int32_t>(fields.number()));
    }
  }
  return ReadValidFor(wire);
}

using Response = v1::CheckContactResponse;

bool ReadPlainField(const PlainFields& field, AnswerHead* head) {
  switch (field.tag()) {
    case FieldTag(Response::kVerdictFieldNumber, kVarintType):
      head->verdict = static_cast<int>(field.number());
      return true;
    case FieldTag(Response::kRevisionFieldNumber, kVarintType):
      head->revision = static_cast<int64_t>(field.number());
      return true;
    case FieldTag(Response::kReasonsFieldNumber, kBytesType):
      return IsPlainReason(field.bytes());
    case FieldTag(Response::kContactPointFieldNumber, kBytesType):
      return IsPlainPoint(field.bytes());
    case FieldTag(Response::kDecisionIdFieldNumber, kBytesType):
      return IsAscii(field.bytes());
    case FieldTag(Response::kEvaluateTimeFieldNumber, kBytesType):
      return IsPlainTime(field.bytes());
    case FieldTag(Response::kValidForFieldNumber, kBytesType):
      if (!IsPlainTime(field.bytes())) return false;
      head->valid_for = ValidFor(field.bytes());
      return true;
    default:
      return false;
  }
}

bool ReadPlainHead(absl::string_view response, AnswerHead* head) {
  PlainFields fields(response);
  int validities = 0;  // protobuf merges several
  while (fields.Next()) {
    if (!ReadPlainField(fields, head)) return false;
    if (fields.tag() == FieldTag(Response::kValidForFieldNumber, kBytesType)) ++validities;
  }
  return fields.plain() && validities <= 1;
}

// False where it is not plain. `known`: protobuf has read it.
bool ReadPlainAnswer(absl::string_view message, bool known, StreamedAnswerBytes* answer) {
  using Answer = v1::StreamedAnswer;
  using Result = StreamedAnswerBytes::Result;
  PlainFields fields(message);
  while (fields.Next()) {
    if (fields.tag() == FieldTag(Answer::kIdFieldNumber, kFixed64Type)) {
      answer->id = fields.number();
      continue;
    }
    const bool response = fields.tag() == FieldTag(Answer::kResponseFieldNumber, kBytesType);
    const bool error = fields.tag() == FieldTag(Answer::kErrorFieldNumber, kBytesType);
    if ((!response && !error) || answer->result != Result::kNone) return false;
    answer->result = response ? Result::kResponse : Result::kError;
    answer->bytes = fields.bytes();
  }
  if (!fields.plain()) return false;
  AnswerHead head;
  return known || (answer->result == Result::kResponse && ReadPlainHead(answer->bytes, &head));
}

bool ReadPlainAnswers(absl::string_view message, bool known,
                      std::vector<StreamedAnswerBytes>* answers) {
  answers->clear();
  PlainFields fields(message);
  while (fields.Next()) {
    if (fields.tag() != FieldTag(v1::StreamChecksResponse::kAnswersFieldNumber, kBytesType))
      return false;
    if (!ReadPlainAnswer(fields.bytes(), known, &answers->emplace_back())) return false;
  }
  return fields.plain();
}

}  // namespace

bool ReadAnswers(std::string* message, std::vector<StreamedAnswerBytes>* answers) {
  if (ReadPlainAnswers(*message, /*known=*/false, answers)) return true;
  v1::StreamChecksResponse parsed;
  if (!parsed.ParseFromString(*message)) return false;
  parsed.DiscardUnknownFields();
  *message = parsed.SerializeAsString();
  return ReadPlainAnswers(*message, /*known=*/true, answers);
}

bool ReadAnswerHead(absl::string_view response, AnswerHead* head) {
  *head = AnswerHead();
  if (ReadPlainHead(response, head)) return true;
  Response parsed;
  if (!parsed.ParseFromArray(response.data(), static_cast<int>(response.size()))) return false;
  *head = {static_cast<int>(parsed.verdict()), ReadValidFor(parsed.valid_for()), parsed.revision()};
  return true;
}

}  // namespace dnc
