#include <CLI/CLI.hpp>
#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "client/cli/audit_options.h"
#include "client/cli/commands.h"
#include "client/cli/contact_text.h"
#include "client/cli/exit_code.h"
#include "client/cli/options.h"
#include "client/cli/remedies.h"
#include "client/cli/time_text.h"
#include "client/cli/utf8.h"
#include "storage/base/status_macros.h"

namespace dnc::cli {
namespace {

const EnumNames& ChangeKindNames() {
  static const auto& names =
      *new EnumNames{{"entry-added", v1::CHANGE_KIND_ENTRY_ADDED},
                     {"entry-imported", v1::CHANGE_KIND_ENTRY_IMPORTED},
                     {"entry-revoked", v1::CHANGE_KIND_ENTRY_REVOKED},
                     {"entry-updated", v1::CHANGE_KIND_ENTRY_UPDATED},
                     {"list-version-activated", v1::CHANGE_KIND_LIST_VERSION_ACTIVATED},
                     {"status-changed", v1::CHANGE_KIND_STATUS_CHANGED},
                     {"lead-created", v1::CHANGE_KIND_LEAD_CREATED},
                     {"lead-flagged", v1::CHANGE_KIND_LEAD_FLAGGED},
                     {"lead-unflagged", v1::CHANGE_KIND_LEAD_UNFLAGGED},
                     {"lead-moved", v1::CHANGE_KIND_LEAD_MOVED},
                     {"lead-nurtured", v1::CHANGE_KIND_LEAD_NURTURED},
                     {"contact-points-changed", v1::CHANGE_KIND_CONTACT_POINTS_CHANGED},
                     {"lead-merged", v1::CHANGE_KIND_LEAD_MERGED},
                     {"lead-deleted", v1::CHANGE_KIND_LEAD_DELETED},
                     {"list-changed", v1::CHANGE_KIND_LIST_CHANGED}};
  return names;
}

struct WatchOptions {
  int64_t from = 0;
  int64_t until = 0;
  std::vector<int> kinds;
  std::vector<int> channels;
  std::string list;
};

std::string EntryText(const v1::Entry& entry) {
  return absl::StrCat(ShortName(entry.name()), " on ", ShortName(entry.list()), ": ",
                      entry.has_contact_point() ? ContactText(entry.contact_point())
                                                : absl::StrCat("lead ", ShortName(entry.lead())));
}

std::string LeadText(const v1::Change& change) {
  std::string text = ShortName(change.lead().name());
  if (change.kind() == v1::CHANGE_KIND_LEAD_MOVED) {
    absl::StrAppend(&text, ": ", ShortName(change.previous_status()), " -> ",
                    ShortName(change.lead().status()));
  }
  if (!change.merged_into().empty()) {
    absl::StrAppend(&text, " into ", ShortName(change.merged_into()));
  }
  if (change.kind() == v1::CHANGE_KIND_LEAD_NURTURED) {
    absl::StrAppend(&text, " until ", TimeText(change.lead().nurture_until()));
  }
  for (const v1::ContactPoint& point : change.gained_contact_points()) {
    absl::StrAppend(&text, " gained ", ContactText(point));
  }
  for (const v1::ContactPoint& point : change.lost_contact_points()) {
    absl::StrAppend(&text, " lost ", ContactText(point));
  }
  return text;
}

std::string ObjectText(const v1::Change& change) {
  switch (change.object_case()) {
    case v1::Change::kEntry:
      return EntryText(change.entry());
    case v1::Change::kList:
      return absl::StrCat(ShortName(change.list().name()), " version ",
                          change.list().active_version().version());
    case v1::Change::kStatus:
      return ShortName(change.status().name());
    default:
      return LeadText(change);
  }
}

// Prints changes as they come, and asks again where the time for one stream is over.
class Watcher {
 public:
  Watcher(Session& session, v1::WatchChangesRequest request, int64_t until)
      : session_(session), request_(std::move(request)), until_(until) {}

  absl::StatusOr<int> Run() {
    while (true) {
      const absl::Status ended = session_.gateway().Read(
          request_, [this](const v1::WatchChangesResponse& piece) { return Take(piece); });
      if (done_) return kExitOk;
      if (absl::IsDeadlineExceeded(ended)) continue;
      return begun_ && MayResume(ended) ? WithRemedy(ended, Resumption()) : ended;
    }
  }

 private:
  // Whether the stream was cut off, and another may take it up.
  static bool MayResume(const absl::Status& ended) {
    return absl::IsUnavailable(ended) || absl::IsAborted(ended) || absl::IsResourceExhausted(ended);
  }

  std::string Resumption() const {
    return absl::StrCat("continue with --from ", request_.start_revision());
  }

  absl::Status Take(v1::WatchChangesResponse piece) {
    begun_ = true;
    request_.set_start_revision(piece.checkpoint_revision() + 1);
    done_ = until_ != 0 && piece.checkpoint_revision() >= until_;
    if (done_) CutAtEnd(&piece);
    if (session_.json()) {
      session_.PrintJson(piece);
    } else {
      Print(piece);
    }
    session_.out().flush();
    return done_ ? absl::CancelledError() : absl::OkStatus();
  }

  // One piece may reach from before the end to beyond it.
  void CutAtEnd(v1::WatchChangesResponse* piece) const {
    auto* changes = piece->mutable_changes();
    changes->erase(
        std::remove_if(changes->begin(), changes->end(),
                       [&](const v1::Change& change) { return change.revision() > until_; }),
        changes->end());
    piece->set_checkpoint_revision(until_);
  }

  void Print(const v1::WatchChangesResponse& piece) {
    for (const v1::Change& change : piece.changes()) {
      session_.out() << change.revision() << "  " << TimeText(change.time()) << "  "
                     << EnumWord(ChangeKindNames(), change.kind()) << "  "
                     << Printable(ObjectText(change)) << '\n';
    }
    session_.out() << "checkpoint " << piece.checkpoint_revision() << '\n';
  }

  Session& session_;
  v1::WatchChangesRequest request_;
  const int64_t until_;
  bool begun_ = false;
  bool done_ = false;
};

absl::StatusOr<int> Watch(Session& session, const WatchOptions& options) {
  v1::WatchChangesRequest request;
  DNC_ASSIGN_OR_RETURN(*request.mutable_parent(), session.names().Organization());
  request.set_start_revision(options.from);
  for (const int kind : options.kinds) request.add_kinds(static_cast<v1::ChangeKind>(kind));
  for (const int channel : options.channels) {
    request.add_channels(static_cast<v1::Channel>(channel));
  }
  if (!options.list.empty()) {
    DNC_ASSIGN_OR_RETURN(*request.mutable_list(), session.names().List(options.list));
  }
  return Watcher(session, std::move(request), options.until).Run();
}

}  // namespace

void AddWatchCommand(CLI::App& app, Command& chosen) {
  auto options = std::make_shared<WatchOptions>();
  CLI::App* command = AddCommand(
      app, "watch", "Show changes of entries and restrictions as they happen, until it is stopped",
      "dncctl watch\n"
      "dncctl watch --from 4712 --kind entry-added,entry-imported,lead-flagged\n"
      "dncctl -o json watch --channel sms\n"
      "dncctl watch --from 1 --until 4711");
  AddRevision(*command, "--from", "From this revision on; from now on if not given",
              [options](int64_t value) { options->from = value; });
  AddRevision(*command, "--until", "End once nothing at or below this revision will follow",
              [options](int64_t value) { options->until = value; });
  AddEnums(*command, "--kind", options->kinds, ChangeKindNames(), "Only these");
  AddEnums(*command, "--channel", options->channels, ChannelNames(),
           "Only what concerns one of these");
  command->add_option("--list", options->list, "Only this list and its entries");
  command->callback([&chosen, options] {
    if (options->until != 0 && options->until < options->from) {
      throw CLI::ValidationError("--until", "must not lie before --from");
    }
    chosen = [options](Session& s) { return Watch(s, *options); };
  });
}

}  // namespace dnc::cli
