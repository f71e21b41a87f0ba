#include "server/handler/import_session.h"

#include <algorithm>
#include <thread>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/synchronization/notification.h"
#include "google/protobuf/util/time_util.h"
#include "server/handler/disk_room.h"
#include "server/handler/import_date.h"
#include "server/handler/preparer.h"
#include "server/handler/read_handler.h"
#include "server/name/resource_name.h"
#include "server/state/refusal.h"
#include "server/subject/subject.h"
#include "server/workflow/shape.h"
#include "storage/base/logging.h"

namespace dnc {
namespace {

using google::protobuf::util::TimeUtil;

constexpr size_t kMaxText = 512;
constexpr int kMaxAreaCodes = 1000;
constexpr size_t kMaxWord = 32;
// More undiallable rows than one in ten mean that the file is read wrongly: another column, another
// country.
constexpr int64_t kImpossibleDivisor = 10;
// An import waits this long, in all, for a place in the queue of changes.
constexpr absl::Duration kLongestWait = absl::Seconds(30);
constexpr absl::Duration kFirstPause = absl::Milliseconds(10);
constexpr absl::Duration kLongestPause = absl::Milliseconds(500);

absl::Status Unreadable(const absl::Status& status) {
  if (!absl::IsInvalidArgument(status)) return status;
  return MakeError(
      v1::ERROR_REASON_FILE_UNREADABLE,
      absl::StrCat("the file cannot be read: ", status.message(), " (nothing was changed)"));
}

// UTF-8 without control characters, cut to kMaxText bytes, but never within a character.
std::string CleanText(absl::string_view text) {
  const auto continues = [&](size_t at) { return (text[at] & 0xC0) == 0x80; };
  size_t end = std::min(text.size(), kMaxText);
  while (end > 0 && end < text.size() && continues(end)) --end;
  std::string clean(text.substr(0, end));
  std::replace_if(
      clean.begin(), clean.end(),
      [](char c) { return absl::ascii_iscntrl(static_cast<unsigned char>(c)); }, ' ');
  return clean;
}

// Beside the import's own. Four read more lines a second than a connection brings.
size_t ParserThreads() {
  constexpr unsigned kMost = 4;
  const unsigned cores = std::max(std::thread::hardware_concurrency(), 1U);
  return std::min(cores - 1, kMost);
}

// Of what is looked up or repeated in an error.
absl::Status CheckSizes(const v1::ImportConfig& config) {
  DNC_RETURN_IF_ERROR(CheckCount("config.area_codes", config.area_codes_size(), kMaxAreaCodes));
  for (const std::string& code : config.area_codes()) {
    DNC_RETURN_IF_ERROR(CheckText(code, kMaxWord, "config.area_codes"));
  }
  DNC_RETURN_IF_ERROR(CheckText(config.format(), kMaxWord, "config.format"));
  return CheckText(config.default_region(), kMaxWord, "config.default_region");
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
                                                                     const Principal& caller,
                                                                     RejectSink on_rejected,
                                                                     BuildListener on_built) {
  std::unique_ptr<ImportSession> session(
      new ImportSession(context, config, caller, std::move(on_rejected), std::move(on_built)));
  DNC_RETURN_IF_ERROR(session->Init());
  return session;
}

ImportSession::~ImportSession() {
  if (locked_) context_.locks->Unlock(config_.list());
}

absl::Status ImportSession::CheckConfig(const View& view) {
  DNC_RETURN_IF_ERROR(CheckSizes(config_));
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
  max_age_ = list->max_age;
  DNC_RETURN_IF_ERROR(CheckActor(config_.actor(), true, "config.actor"));
  DNC_RETURN_IF_ERROR(CheckText(config_.reason(), kMaxText, "config.reason"));
  DNC_RETURN_IF_ERROR(CheckAreaCodes(config_));
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

absl::Status ImportSession::Init() {
  std::string region = config_.default_region();
  {
    const StateMachine::ViewGuard view = context_.state->Read();
    DNC_RETURN_IF_ERROR(CheckConfig(*view));
    if (region.empty()) {
      region = view->catalog->Find(organization_)->record.organization().default_region();
    }
  }
  if (is_registry_) {
    DNC_ASSIGN_OR_RETURN(date_, ContentDateOf(config_, max_age_, context_.clock->Now()));
  }
  ListParserOptions options;
  options.default_region = region;
  options.damaged_numbers_break_file = !is_registry_;
  options.file_name = config_.file_name();
  options.threads = ParserThreads();
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
    NumberCollector::Options collector;
    collector.dir = context_.temp_dir;
    collector.memory = context_.memory;
    collector.room = Room();
    DNC_ASSIGN_OR_RETURN(numbers_, NumberCollector::Create(std::move(collector)));
    return absl::OkStatus();
  }
  DNC_ASSIGN_OR_RETURN(EntrySpool spool, EntrySpool::Create(context_.temp_dir, Room()));
  spool_.emplace(std::move(spool));
  return absl::OkStatus();
}

SpillRoom ImportSession::Room() const {
  return [store = context_.store](uint64_t bytes) { return CheckDiskRoom(*store, bytes); };
}

absl::Status ImportSession::Feed(std::string* piece) {
  const absl::Status parsed = Unreadable(parser_->FeedPiece(piece));
  // Of two troubles the one that came first.
  DNC_RETURN_IF_ERROR(row_error_);
  HandOutRejected();
  return parsed.ok() ? row_error_ : parsed;
}

absl::StatusOr<bool> ImportSession::FeedNext() {
  const absl::StatusOr<bool> fed = parser_->FeedNext();
  DNC_RETURN_IF_ERROR(row_error_);
  HandOutRejected();
  if (!fed.ok()) return Unreadable(fed.status());
  DNC_RETURN_IF_ERROR(row_error_);
  return fed;
}

void ImportSession::HandOutRejected() {
  if (rejected_.empty()) return;
  const absl::Status taken = on_rejected_(std::exchange(rejected_, {}));
  if (row_error_.ok()) row_error_ = taken;
}

void ImportSession::AddRejected(v1::RejectedRow row) {
  if (row.breaks_file()) {
    summary_.set_rows_rejected(summary_.rows_rejected() + 1);
    if (first_bad_line_ == 0) first_bad_line_ = row.line();
  }
  if (!row_error_.ok()) return;  // nobody is there to hear of it
  rejected_.push_back(std::move(row));
  if (rejected_.size() == kMostRejectedHeld) HandOutRejected();
}

void ImportSession::OnReject(const RejectedRow& row) {
  summary_.set_rows(summary_.rows() + 1);
  if (!row.breaks_file && row.cause == RejectCause::kImpossibleNumber) {
    summary_.set_rows_impossible(summary_.rows_impossible() + 1);
  } else if (!row.breaks_file) {
    summary_.set_rows_without_number(summary_.rows_without_number() + 1);
  }
  v1::RejectedRow proto;
  proto.set_line(static_cast<int64_t>(row.line));
  proto.set_cause(std::string(RejectCauseName(row.cause)));
  proto.set_message(row.message);
  proto.set_value(row.masked_value);
  proto.set_breaks_file(row.breaks_file);
  AddRejected(std::move(proto));
}

void ImportSession::RefuseRow(const ListRow& row, absl::string_view cause,
                              absl::string_view message) {
  v1::RejectedRow proto;
  proto.set_line(static_cast<int64_t>(row.line));
  proto.set_cause(std::string(cause));
  proto.set_message(absl::StrCat("line ", row.line, ": ", message));
  proto.set_value(MaskContact(ToString(row.contact)));
  proto.set_breaks_file(true);
  AddRejected(std::move(proto));
}

void ImportSession::OnNumbers(absl::Span<const uint64_t> numbers, uint64_t first_line) {
  if (!is_registry_) {
    ListRowSink::OnNumbers(numbers, first_line);
    return;
  }
  const auto count = static_cast<int64_t>(numbers.size());
  summary_.set_rows(summary_.rows() + count);
  summary_.set_rows_accepted(summary_.rows_accepted() + count);
  area_codes_.AddNumbers(numbers);
  // What failed once takes nothing more, and trying is dear.
  if (row_error_.ok()) row_error_ = numbers_->Add(numbers);
}

void ImportSession::OnRow(const ListRow& row) {
  summary_.set_rows(summary_.rows() + 1);
  if (row_error_.ok()) row_error_ = is_registry_ ? TakeForRegistry(row) : TakeForInternal(row);
}

absl::Status ImportSession::TakeForRegistry(const ListRow& row) {
  if (row.contact.kind != ContactKind::kPhone) {
    RefuseRow(row, "NOT_A_PHONE_NUMBER",
              "a registry holds phone numbers; import addresses into an internal list");
    return absl::OkStatus();
  }
  const bool is_delete = row.op == ListRow::Op::kDelete;
  has_deletes_ |= is_delete;
  area_codes_.AddNumber(row.contact.phone);
  summary_.set_rows_accepted(summary_.rows_accepted() + 1);
  if (parser_->format() != ListFormat::kFtcChange) {
    return numbers_->Add(absl::MakeConstSpan(&row.contact.phone, 1));
  }
  if (!changes_.has_value()) {
    DNC_ASSIGN_OR_RETURN(ChangeSorter created,
                         ChangeSorter::Create(context_.temp_dir, ChangeSorter::kRunRows, Room()));
    changes_.emplace(std::move(created));
  }
  return changes_->Add({row.contact.phone, is_delete, row.time});
}

absl::Status ImportSession::TakeForInternal(const ListRow& row) {
  if (row.op == ListRow::Op::kDelete) {
    RefuseRow(row, "BAD_OPERATION",
              "an import never removes an entry of an internal list; revoke it with evidence");
    return absl::OkStatus();
  }
  v1::Entry entry;
  *entry.mutable_contact_point() = ToProto(row.contact);
  entry.set_reason(row.reason.empty() ? config_.reason() : CleanText(row.reason));
  if (row.time.has_value()) {
    *entry.mutable_effective_time() =
        TimeUtil::MicrosecondsToTimestamp(std::min(*row.time, context_.clock->Now()));
  }
  if (!config_.file_name().empty()) {
    entry.set_evidence(absl::StrCat(CleanText(config_.file_name()), " line ", row.line));
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
  const int64_t numbers = summary_.rows() - summary_.rows_without_number();
  if (summary_.rows_impossible() <= numbers / kImpossibleDivisor) return absl::OkStatus();
  return MakeError(
      v1::ERROR_REASON_FILE_ROWS_REJECTED,
      absl::StrCat(summary_.rows_impossible(), " of ", numbers,
                   " rows are numbers that nobody can dial, so the file seems to be "
                   "read wrongly; nothing was changed; check default_region and "
                   "format, or confirm with allow_partial"),
      {{"rows_rejected", absl::StrCat(summary_.rows_impossible())}, {"first_line", "0"}});
}

absl::StatusOr<v1::ImportSummary> ImportSession::Finish() {
  const absl::Status parsed = Unreadable(parser_->Finish());
  HandOutRejected();
  DNC_RETURN_IF_ERROR(parsed);
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

absl::StatusOr<std::unique_ptr<ImportSession::Proposed>> ImportSession::Propose(
    storage::v1::Mutation mutation) {
  DNC_RETURN_IF_ERROR(context_.stop->status());
  auto proposed = std::make_unique<Proposed>();
  proposed->mutation = std::move(mutation);
  context_.log->Propose(proposed->mutation, [to = proposed.get()](absl::StatusOr<Outcome> outcome) {
    to->result = std::move(outcome);
    to->done.Notify();
  });
  return proposed;
}

absl::StatusOr<Outcome> ImportSession::Await(std::unique_ptr<Proposed> proposed, Repeat repeat) {
  proposed->done.WaitForNotification();
  // A full queue refuses before anything is done; others than imports have to repeat by themselves.
  absl::Duration pause = kFirstPause;
  for (absl::Duration waited;
       repeat == Repeat::kYes && absl::IsResourceExhausted(proposed->result.status()) &&
       waited < kLongestWait;
       waited += pause, pause = std::min(2 * pause, kLongestPause)) {
    context_.stop->Wait(pause);
    DNC_ASSIGN_OR_RETURN(proposed, Propose(std::move(proposed->mutation)));
    proposed->done.WaitForNotification();
  }
  DNC_RETURN_IF_ERROR(proposed->result.status());
  DNC_RETURN_IF_ERROR(RefusalOf(*proposed->result));
  return std::move(proposed->result);
}

}  // namespace dnc
