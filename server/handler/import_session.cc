#include "server/handler/import_session.h"

#include <algorithm>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/synchronization/notification.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "google/protobuf/util/time_util.h"
#include "server/contact/phone.h"
#include "server/handler/preparer.h"
#include "server/handler/read_handler.h"
#include "server/name/resource_name.h"
#include "server/registry/list_time.h"
#include "server/subject/subject.h"
#include "server/workflow/shape.h"
#include "storage/base/logging.h"

namespace dnc {
namespace {

using google::protobuf::util::TimeUtil;
using storage::v1::ImportEntries;

constexpr int kEntriesPerMutation = 1000;
constexpr size_t kMaxReason = 512;
// More undiallable rows than one in ten mean that the file is read wrongly: another column, another
// country.
constexpr int64_t kImpossibleDivisor = 10;
constexpr int64_t kClockSkewMicros = 60'000'000;

absl::Status Unreadable(const absl::Status& status) {
  if (!absl::IsInvalidArgument(status)) return status;
  return MakeError(
      v1::ERROR_REASON_FILE_UNREADABLE,
      absl::StrCat("the file cannot be read: ", status.message(), " (nothing was changed)"));
}

std::string CleanReason(absl::string_view text) {
  std::string reason(text.substr(0, kMaxReason));
  std::replace_if(
      reason.begin(), reason.end(),
      [](char c) { return absl::ascii_iscntrl(static_cast<unsigned char>(c)); }, ' ');
  return reason;
}

bool IsAreaCode(const std::string& text) {
  return text.size() == 3 && std::all_of(text.begin(), text.end(), [](char c) {
           return absl::ascii_isdigit(static_cast<unsigned char>(c));
         });
}

}  // namespace

absl::Status ImportLocks::TryLock(const std::string& list) {
  absl::MutexLock lock(&mu_);
  if (locked_.count(list) > 0) {
    return MakeError(v1::ERROR_REASON_IMPORT_IN_PROGRESS,
                     absl::StrCat("another import into ", list, " is running; wait for it"),
                     {{"list", list}});
  }
  if (locked_.size() >= kMostImports) {
    return MakeError(v1::ERROR_REASON_OVERLOADED,
                     absl::StrCat(kMostImports, " imports are running; wait for one to end"));
  }
  locked_.insert(list);
  return absl::OkStatus();
}

void ImportLocks::Unlock(const std::string& list) {
  absl::MutexLock lock(&mu_);
  locked_.erase(list);
}

absl::StatusOr<std::unique_ptr<ImportSession>> ImportSession::Create(const ImportContext& context,
                                                                     const v1::ImportConfig& config,
                                                                     const Principal& caller) {
  std::unique_ptr<ImportSession> session(new ImportSession(context, config, caller));
  DNC_RETURN_IF_ERROR(session->Init());
  return session;
}

ImportSession::~ImportSession() {
  if (locked_) context_.locks->Unlock(config_.list());
}

absl::Status ImportSession::CheckConfig(const View& view) {
  DNC_ASSIGN_OR_RETURN(const ResourceName name, ParseListName(config_.list(), "config.list"));
  DNC_ASSIGN_OR_RETURN(const CatalogOrganization* organization,
                       FindOrganization(view, name.organization));
  const CatalogList* list = organization->FindList(name.list);
  if (list == nullptr) {
    return MakeError(v1::ERROR_REASON_LIST_NOT_FOUND,
                     absl::StrCat(config_.list(), " does not exist; create it first"),
                     {{"list", config_.list()}});
  }
  organization_ = name.organization;
  organization_number_ = organization->number();
  list_id_ = name.list;
  is_registry_ = list->is_registry();
  DNC_RETURN_IF_ERROR(CheckActor(config_.actor(), true, "config.actor"));
  DNC_RETURN_IF_ERROR(CheckText(config_.reason(), kMaxReason, "config.reason"));
  for (const std::string& code : config_.area_codes()) {
    if (!IsAreaCode(code)) {
      return InvalidField("config.area_codes", absl::StrCat("\"", code, "\" is not three digits"));
    }
  }
  if (!v1::ImportMode_IsValid(config_.mode())) {
    return InvalidField("config.mode", "use FULL or CHANGE");
  }
  const bool registry_only = config_.mode() != v1::IMPORT_MODE_UNSPECIFIED ||
                             config_.has_as_of_time() || !config_.area_codes().empty();
  if (!is_registry_ && registry_only) {
    return MakeError(v1::ERROR_REASON_LIST_KIND_MISMATCH,
                     "config: mode, as_of_time and area_codes are for registries; imports into an "
                     "internal list only add",
                     {{"list", config_.list()}, {"kind", "INTERNAL"}});
  }
  return absl::OkStatus();
}

absl::Status ImportSession::SetAsOfTime() {
  const UnixMicros now = context_.clock->Now();
  as_of_ = now;
  if (config_.has_as_of_time()) {
    DNC_RETURN_IF_ERROR(CheckTimestamp(config_.as_of_time(), "config.as_of_time"));
    as_of_ = TimeUtil::TimestampToMicroseconds(config_.as_of_time());
    as_of_given_ = true;
  } else if (const auto day = VersionDateFromFileName(config_.file_name()); day.has_value()) {
    as_of_ = absl::ToUnixMicros(absl::FromCivil(*day, absl::UTCTimeZone()));
    as_of_given_ = true;
  }
  if (as_of_ <= now + kClockSkewMicros) return absl::OkStatus();
  return InvalidField("config.as_of_time", "lies in the future");
}

absl::Status ImportSession::Init() {
  std::string region = config_.default_region();
  {
    const StateMachine::ViewGuard view = context_.state->Read();
    DNC_RETURN_IF_ERROR(CheckConfig(*view));
    if (region.empty()) {
      region = view->catalog->Find(organization_)->record.organization().default_region();
    }
  }
  DNC_RETURN_IF_ERROR(SetAsOfTime());
  ListParserOptions options;
  options.default_region = region;
  options.file_name = config_.file_name();
  if (!config_.format().empty()) {
    const auto format = ParseListFormat(config_.format());
    if (!format.ok()) return InvalidField("config.format", format.status().message());
    options.format = *format;
  }
  absl::StatusOr<std::unique_ptr<ListParser>> parser = ListParser::Create(std::move(options), this);
  if (!parser.ok()) return InvalidField("config", parser.status().message());
  parser_ = *std::move(parser);
  DNC_RETURN_IF_ERROR(context_.locks->TryLock(config_.list()));
  locked_ = true;
  if (is_registry_) {
    ExternalSorter::Options sorter;
    sorter.dir = context_.temp_dir;
    DNC_ASSIGN_OR_RETURN(ExternalSorter created, ExternalSorter::Create(std::move(sorter)));
    sorter_.emplace(std::move(created));
    return absl::OkStatus();
  }
  DNC_ASSIGN_OR_RETURN(EntrySpool spool, EntrySpool::Create(context_.temp_dir));
  spool_.emplace(std::move(spool));
  return absl::OkStatus();
}

absl::Status ImportSession::Feed(absl::string_view bytes) {
  DNC_RETURN_IF_ERROR(Unreadable(parser_->Feed(bytes)));
  return row_error_;
}

void ImportSession::OnReject(const RejectedRow& row) {
  summary_.set_rows(summary_.rows() + 1);
  v1::RejectedRow proto;
  proto.set_line(static_cast<int64_t>(row.line));
  proto.set_cause(std::string(RejectCauseName(row.cause)));
  proto.set_message(row.message);
  proto.set_value(row.masked_value);
  proto.set_breaks_file(row.breaks_file);
  rejected_.push_back(std::move(proto));
  if (!row.breaks_file) {
    summary_.set_rows_impossible(summary_.rows_impossible() + 1);
    return;
  }
  summary_.set_rows_rejected(summary_.rows_rejected() + 1);
  if (first_bad_line_ == 0) first_bad_line_ = static_cast<int64_t>(row.line);
}

void ImportSession::RefuseRow(const ListRow& row, absl::string_view cause,
                              absl::string_view message) {
  v1::RejectedRow proto;
  proto.set_line(static_cast<int64_t>(row.line));
  proto.set_cause(std::string(cause));
  proto.set_message(absl::StrCat("line ", row.line, ": ", message));
  proto.set_value(MaskContact(ToString(row.contact)));
  proto.set_breaks_file(true);
  rejected_.push_back(std::move(proto));
  summary_.set_rows_rejected(summary_.rows_rejected() + 1);
  if (first_bad_line_ == 0) first_bad_line_ = static_cast<int64_t>(row.line);
}

void ImportSession::OnRow(const ListRow& row) {
  summary_.set_rows(summary_.rows() + 1);
  const absl::Status taken = is_registry_ ? TakeForRegistry(row) : TakeForInternal(row);
  if (!taken.ok() && row_error_.ok()) row_error_ = taken;
}

absl::Status ImportSession::TakeForRegistry(const ListRow& row) {
  if (row.contact.kind != ContactKind::kPhone) {
    RefuseRow(row, "NOT_A_PHONE_NUMBER",
              "a registry holds phone numbers; import addresses into an internal list");
    return absl::OkStatus();
  }
  const bool is_delete = row.op == ListRow::Op::kDelete;
  has_deletes_ |= is_delete;
  summary_.set_rows_accepted(summary_.rows_accepted() + 1);
  return sorter_->Add(row.contact.phone, is_delete);
}

absl::Status ImportSession::TakeForInternal(const ListRow& row) {
  if (row.op == ListRow::Op::kDelete) {
    RefuseRow(row, "BAD_OPERATION",
              "an import never removes an entry of an internal list; revoke it with evidence");
    return absl::OkStatus();
  }
  v1::Entry entry;
  *entry.mutable_contact_point() = ToProto(row.contact);
  entry.set_reason(row.reason.empty() ? config_.reason() : CleanReason(row.reason));
  const UnixMicros now = context_.clock->Now();
  *entry.mutable_effective_time() =
      TimeUtil::MicrosecondsToTimestamp(std::min(row.time.value_or(now), now));
  if (!config_.file_name().empty()) {
    entry.set_evidence(absl::StrCat(CleanReason(config_.file_name()), " line ", row.line));
  }
  summary_.set_rows_accepted(summary_.rows_accepted() + 1);
  return spool_->Write(entry);
}

absl::Status ImportSession::JudgeRows() const {
  if (config_.allow_partial()) return absl::OkStatus();
  if (summary_.rows_rejected() > 0) {
    return MakeError(
        v1::ERROR_REASON_FILE_ROWS_REJECTED,
        absl::StrCat(summary_.rows_rejected(), " rows cannot be read, the first in line ",
                     first_bad_line_,
                     "; nothing was changed; mend the file, or take the good rows with "
                     "allow_partial"),
        {{"rows_rejected", absl::StrCat(summary_.rows_rejected())},
         {"first_line", absl::StrCat(first_bad_line_)}});
  }
  if (summary_.rows_impossible() <= summary_.rows() / kImpossibleDivisor) return absl::OkStatus();
  return MakeError(
      v1::ERROR_REASON_FILE_ROWS_REJECTED,
      absl::StrCat(summary_.rows_impossible(), " of ", summary_.rows(),
                   " rows are numbers that nobody can dial, so the file seems to be "
                   "read wrongly; nothing was changed; check default_region and "
                   "format, or confirm with allow_partial"),
      {{"rows_rejected", absl::StrCat(summary_.rows_impossible())}, {"first_line", "0"}});
}

absl::StatusOr<v1::ImportSummary> ImportSession::Finish() {
  DNC_RETURN_IF_ERROR(Unreadable(parser_->Finish()));
  DNC_RETURN_IF_ERROR(row_error_);
  summary_.set_format(std::string(ListFormatName(parser_->format())));
  DNC_RETURN_IF_ERROR(JudgeRows());
  DNC_RETURN_IF_ERROR(is_registry_ ? FinishRegistry() : FinishInternal());
  const StateMachine::ViewGuard view = context_.state->Read();
  const CatalogOrganization* organization = view->catalog->Find(organization_);
  DNC_ASSIGN_OR_RETURN(*summary_.mutable_list(),
                       ListToProto(*view, *organization, *organization->FindList(list_id_)));
  return summary_;
}

absl::StatusOr<Outcome> ImportSession::ProposeAndWait(storage::v1::Mutation mutation) {
  absl::Notification done;
  absl::StatusOr<Outcome> result;
  context_.log->Propose(std::move(mutation), [&](absl::StatusOr<Outcome> outcome) {
    result = std::move(outcome);
    done.Notify();
  });
  done.WaitForNotification();
  DNC_RETURN_IF_ERROR(result.status());
  if (result->code() == 0) return result;
  return WithErrorInfo(
      absl::Status(static_cast<absl::StatusCode>(result->code()), result->message()),
      result->error());
}

absl::Status ImportSession::AddEntries(ImportEntries part) {
  part.set_list(config_.list());
  DNC_ASSIGN_OR_RETURN(const Outcome outcome,
                       ProposeAndWait(context_.preparer->Prepare(std::move(part), organization_,
                                                                 config_.actor(), caller_)));
  storage::v1::ImportEntriesResult result;
  if (!result.ParseFromString(outcome.response())) return CorruptRecord(Family::kAudit);
  summary_.set_added(summary_.added() + result.added());
  summary_.set_unchanged(summary_.unchanged() + result.unchanged());
  summary_.set_revision(outcome.revision());
  summary_.set_changed(summary_.added() > 0);
  return absl::OkStatus();
}

absl::Status ImportSession::FinishInternal() {
  if (config_.validate_only()) return absl::OkStatus();
  DNC_RETURN_IF_ERROR(spool_->Rewind());
  ImportEntries part;
  v1::Entry entry;
  for (;;) {
    DNC_ASSIGN_OR_RETURN(const bool more, spool_->Read(&entry));
    if (!more) break;
    *part.add_entries() = std::move(entry);
    if (part.entries_size() < kEntriesPerMutation) continue;
    DNC_RETURN_IF_ERROR(AddEntries(std::exchange(part, {})));
  }
  if (!part.entries().empty()) DNC_RETURN_IF_ERROR(AddEntries(std::move(part)));
  if (summary_.added() + summary_.unchanged() == summary_.rows_accepted()) return absl::OkStatus();
  return absl::DataLossError(
      "the import's temporary file ended early, so only a part was added; import the file again");
}

}  // namespace dnc
