#include "server/optout/reply.h"

#include <gtest/gtest.h>

#include <set>
#include <string>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "server/optout/fold.h"
#include "server/optout/keywords.h"
#include "server/optout/policy.h"

namespace dnc {
namespace {

ReplyJudgement Judged(const std::string& text, const std::string& language = "",
                      const std::vector<std::string>& additional = {}) {
  const absl::StatusOr<ReplyJudgement> judged = JudgeReply(text, language, additional);
  EXPECT_TRUE(judged.ok()) << text << ": " << judged.status();
  return judged.ok() ? *judged : ReplyJudgement{};
}

v1::OptOutOutcome OutcomeOf(const std::string& text, const std::string& language = "") {
  return Judged(text, language).outcome;
}

v1::OptOutOutcome OutcomeFor(v1::KeywordMeaning meaning) {
  switch (meaning) {
    case v1::KEYWORD_MEANING_STOP:
      return v1::OPT_OUT_OUTCOME_OPTED_OUT;
    case v1::KEYWORD_MEANING_START:
      return v1::OPT_OUT_OUTCOME_CONSENT_REGRANT;
    default:
      return v1::OPT_OUT_OUTCOME_HELP;
  }
}

// However people write them: capitals, punctuation, quotes, white space, invisible characters.
TEST(Keywords, CountInEverySpellingThatChangesNothing) {
  for (const Keyword& keyword : BuiltInKeywords()) {
    const std::string text(keyword.text);
    const std::string language(keyword.language);
    const v1::OptOutOutcome expected = OutcomeFor(keyword.meaning);
    for (const std::string& spelt :
         {text, absl::AsciiStrToUpper(text), absl::StrCat("  ", text, " \r\n"),
          absl::StrCat(text, "."), absl::StrCat(text, "!!!"), absl::StrCat("\"", text, "\""),
          absl::StrCat("«", text, "»"), absl::StrCat("“", text, "”"), absl::StrCat("¡", text, "!"),
          absl::StrCat("\u200b", text, "\ufeff"), absl::StrCat("*", text, "*"),
          absl::StrCat("\u00a0", text, "\u3000"), absl::StrCat("(", text, ")")}) {
      EXPECT_EQ(OutcomeOf(spelt, language), expected) << spelt << " in " << language;
    }
  }
}

// The rule's words and the carriers' in all their forms, without any language named.
TEST(Keywords, OfTheRuleAndTheCarriersNeedNoLanguage) {
  for (const char* text : {"STOP",       "Stop",       "stop",
                           "sToP",       "QUIT",       "END",
                           "REVOKE",     "OPT OUT",    "OPT-OUT",
                           "opt_out",    "Opt Out",    "OPTOUT",
                           "opt–out",    "CANCEL",     "STOPALL",
                           "STOP ALL",   "Stop-All",   "UNSUBSCRIBE",
                           "REMOVE",     "ARRET",      "ARRÊT",
                           "Arrêt.",     "arrét",      "ＳＴＯＰ",
                           "ｓｔｏｐ",   "ARRETE",     "ALTO",
                           "¡ALTO!",     "PARAR",      "BAJA",
                           "CANCELAR",   "DETENER",    "STOPP",
                           "ABMELDEN",   "SAIR",       "TD",
                           "S\u00adTOP", "ST\u200dOP", "İPTAL",
                           "iptal",      "СТОП",       "стоп",
                           "退订",       "退訂",       "ストップ",
                           "수신거부",   "הסר",        "إلغاء",
                           "REZYGNUJĘ",  "DÉSABONNER", "De\u0301sabonner",
                           "desabonner", "Stop.\n\n",  "STOP 🛑",
                           ">> STOP <<"}) {
    EXPECT_EQ(OutcomeOf(text), v1::OPT_OUT_OUTCOME_OPTED_OUT) << text;
  }
  for (const char* text :
       {"START", "Start!", "UNSTOP", "un-stop", "opt in", "OPT-IN", "subscribe"}) {
    const bool exact = std::string(text) != "un-stop";
    EXPECT_EQ(OutcomeOf(text),
              exact ? v1::OPT_OUT_OUTCOME_CONSENT_REGRANT : v1::OPT_OUT_OUTCOME_REVIEW)
        << text;
  }
  for (const char* text : {"HELP", "help?", "INFO", "Aide", "AYUDA"}) {
    EXPECT_EQ(OutcomeOf(text), v1::OPT_OUT_OUTCOME_HELP) << text;
  }
}

TEST(Keywords, OfOneLanguageThatAreCommonInOthersNeedTheirs) {
  EXPECT_EQ(OutcomeOf("fine", "it"), v1::OPT_OUT_OUTCOME_OPTED_OUT);
  EXPECT_EQ(OutcomeOf("FINE!", "en"), v1::OPT_OUT_OUTCOME_NONE);
  EXPECT_EQ(OutcomeOf("fine"), v1::OPT_OUT_OUTCOME_REVIEW);
  EXPECT_EQ(OutcomeOf("I am fine"), v1::OPT_OUT_OUTCOME_NONE);
  EXPECT_EQ(OutcomeOf("fin", "fr"), v1::OPT_OUT_OUTCOME_OPTED_OUT);
  EXPECT_EQ(OutcomeOf("para", "es"), v1::OPT_OUT_OUTCOME_OPTED_OUT);
  EXPECT_EQ(OutcomeOf("T", "zh"), v1::OPT_OUT_OUTCOME_OPTED_OUT);
  EXPECT_EQ(OutcomeOf("RET", "tr"), v1::OPT_OUT_OUTCOME_OPTED_OUT);
  EXPECT_EQ(OutcomeOf("Dừng", "vi"), v1::OPT_OUT_OUTCOME_OPTED_OUT);
  EXPECT_EQ(OutcomeOf("dừng"), v1::OPT_OUT_OUTCOME_REVIEW);
  EXPECT_EQ(OutcomeOf("Dừng lại"), v1::OPT_OUT_OUTCOME_OPTED_OUT);
}

TEST(NearMisses, AreFlaggedAndNotDropped) {
  for (const char* text : {
           // A keyword in a longer text.
           "please stop texting me",
           "Please STOP",
           "STOP please",
           "STOP ALL MESSAGES",
           "stop it",
           "stop stop stop",
           "STOP now!!",
           "Stop sending me these",
           "can you stop",
           "just stop.",
           "I want to unsubscribe",
           "unsubscribe me",
           "UNSUBSCRIBE from all",
           "cancel please",
           "please cancel my subscription",
           "pls remove my number",
           "remove me from your list",
           "I revoke my consent",
           "i opt out",
           "opt out of all",
           "I'd like to opt-out, thanks",
           "end this",
           "quit texting me",
           "STOP 2",
           "1 STOP",
           "stop\nJane",
           "ok stop",
           "nope. stop.",
           "How do I stop this?",
           "help me stop these",
           "STOP HELP",
           "don't stop",
           "hi, STOPALL",
           "Bitte stopp",
           "bitte abmelden danke",
           "por favor parar",
           "quiero darme de baja",
           "alto por favor",
           "arrêt svp",
           "merci d'arrêter",
           "je veux me désabonner",
           "quero sair da lista",
           "请退订",
           "我要退訂谢谢",
           "配信停止お願いします",
           "수신거부해주세요",
           "стоп пожалуйста",
           "basta messaggi",
           // Spaced otherwise.
           "S T O P",
           "S.T.O.P.",
           "st op",
           "un subscribe",
           "UN-SUBSCRIBE",
           "can cel",
           "stop-a-ll",
           // One letter off.
           "STPO",
           "sotp",
           "SOTP",
           "st0p",
           "5top",
           "stopp it",
           "stpp",
           "stoop",
           "stoo",
           "ztop",
           "stop1",
           "Sstop",
           "tsop",
           "tstop",
           "STIP",
           "stip",
           "unsubcribe",
           "unsubscibe",
           "unsuscribe",
           "UNSUBSRIBE",
           "unsubscribed",
           "unsubscribes",
           "cancle",
           "cancell",
           "cansel",
           "quitt",
           "qiut",
           "revoek",
           "remov",
           "optuot",
           "optot",
           "arre",
           "bajja",
           "parrar",
           "abmeldn",
           "stpo please",
           "pls stpo now",
           "STOOP THIS",
           "please unsubcribe me from this list",
           "kindly unsuscribe my number please",
           // In other words.
           "do not contact me",
           "Don't text me",
           "dont text me again",
           "DO NOT CALL",
           "don’t call me",
           "No more messages please",
           "no more",
           "Leave me alone!",
           "take me off your list",
           "Take my number off",
           "get me off this list",
           "lose my number",
           "delete my number",
           "Wrong number",
           "wrong person, sorry",
           "not interested",
           "go away",
           "this is harassment",
           "I'll call my lawyer",
           "you are spamming me",
           "TCPA violation",
           "ne me contactez plus",
           "ne m'appelez plus",
           "Ne m’appelez plus SVP",
           "n'appelez plus",
           "n'appelez plus ce numéro",
           "ne m'écrivez plus",
           "n'écrivez plus !",
           "ne m'envoyez plus rien",
           "ne m'appelle plus",
           "не звоните",
           "Не звоните мне больше!",
           "НЕ ПИШИТЕ",
           "не дзвоніть мені",
           "Laissez-moi tranquille",
           "plus de SMS",
           "mauvais numéro",
           "no me llamen mas",
           "no me escriban",
           "no me llames",
           "por favor no me escribas",
           "no llamar a este número",
           "não me ligue mais",
           "đừng gọi nữa",
           "dừng gửi tin nhắn",
           "número equivocado",
           "dejen de molestar",
           "Keine Nachrichten mehr",
           "Lasst mich in Ruhe",
           "keine Werbung bitte",
           "falsche Nummer",
           "não quero mais",
           "não me mande mais nada",
           "pare de enviar",
           "número errado",
           "non contattatemi più",
           "numero sbagliato",
           "geen berichten meer",
           "verkeerd nummer",
           // Without a word.
           "🛑",
           "⛔",
           "🚫🚫",
           "🙅",
       }) {
    const ReplyJudgement judged = Judged(text);
    EXPECT_EQ(judged.outcome, v1::OPT_OUT_OUTCOME_REVIEW) << text;
    EXPECT_FALSE(judged.cause.empty()) << text;
    EXPECT_FALSE(judged.keyword.empty()) << text;
  }
}

// U+FFFD stands for what was lost: it hides no keyword, and may itself have been one.
TEST(NearMisses, WhatCouldNotBeReadMayHaveBeenANo) {
  EXPECT_EQ(OutcomeOf("STOP\uFFFD"), v1::OPT_OUT_OUTCOME_OPTED_OUT);
  for (const char* text : {"ST\uFFFDOP", "S\uFFFDOP", "arr\uFFFDt", "\uFFFD\uFFFD\uFFFD\uFFFD",
                           "please st\uFFFDp texting", "ok \uFFFD"}) {
    EXPECT_EQ(OutcomeOf(text), v1::OPT_OUT_OUTCOME_REVIEW) << text;
  }
  EXPECT_EQ(Judged("ok \uFFFD").cause, "has characters that were lost on the way");
}

TEST(InnocentReplies, ChangeNothing) {
  for (const char* text : {
           "",
           " ",
           "...",
           "?",
           "!!!",
           "👍",
           "😀",
           "❤️",
           "ok",
           "OK",
           "Okay",
           "k",
           "yes",
           "YES",
           "Y",
           "y",
           "no",
           "No",
           "N",
           "thanks",
           "Thank you!",
           "thx",
           "Thanks, see you tomorrow",
           "cool",
           "great",
           "sure",
           "sounds good",
           "will do",
           "on my way",
           "running late",
           "be there at 5",
           "See you at 10:30",
           "Who is this?",
           "who dis",
           "What time?",
           "when?",
           "where",
           "how much",
           "How much does it cost?",
           "call me",
           "Please call me back",
           "call me at 212 555 0123",
           "I'm driving",
           "in a meeting",
           "talk later",
           "later",
           "tomorrow works",
           "next week",
           "Can we reschedule?",
           "I'd like to book an appointment",
           "confirm",
           "CONFIRMED",
           "C",
           "1",
           "2",
           "12345",
           "your code is 123456",
           "Jane Doe",
           "jane@example.com",
           "https://example.com",
           "My address is 5 Main Street",
           "Shopping today",
           "Is the shop open?",
           "We shop there often",
           "one step at a time",
           "on top of it",
           "the topic is clear",
           "nonstop service",
           "bus stops here often",
           "the weekend is fine",
           "send me the info pack please",
           "help yourself",
           "lend me a hand",
           "a friend of mine",
           "quite good",
           "quiet please everyone",
           "suite 5 is booked",
           "Is my order ready?",
           "Where is my package",
           "delivered, thanks",
           "Merci beaucoup",
           "à demain",
           "oui",
           "non",
           "d'accord",
           "Gracias",
           "sí",
           "mañana",
           "vale",
           "hasta luego",
           "¿Cuánto cuesta?",
           "Danke schön",
           "ja",
           "nein",
           "bis morgen",
           "in Ordnung",
           "Obrigado",
           "sim",
           "até amanhã",
           "Grazie mille",
           "va bene",
           "domani",
           "dank je",
           "tot ziens",
           "tack",
           "ja tack",
           "tak",
           "kiitos",
           "dziękuję",
           "teşekkürler",
           "спасибо",
           "да",
           "нет",
           "ευχαριστώ",
           "תודה",
           "شكرا",
           "धन्यवाद",
           "谢谢",
           "好的",
           "ありがとう",
           "감사합니다",
           "terima kasih",
           "cảm ơn",
           "I love your newsletter",
           "Happy birthday",
           "LOL",
           "haha",
           "What does the plan include?",
           "Do you deliver to Boston",
           "Invoice attached",
           "Paid",
           "I already paid this",
           "My account number is 4711",
           "Table for two at eight",
           "restart the router",
           "we start at nine",
           "Is Tom in the office",
           "spare parts available?",
           "Parking on site?",
           "the opt",
           "I would opt for blue",
           "lets go out",
           "Out of office",
           "Barcelona",

           "palm trees",
           "Parade on Sunday",
           "salt and pepper",
           "hotel",
       }) {
    EXPECT_EQ(OutcomeOf(text), v1::OPT_OUT_OUTCOME_NONE) << text << ": " << Judged(text).cause;
  }
}

TEST(AdditionalKeywords, CountBesideTheBuiltInOnes) {
  const std::vector<std::string> own = {"No Gracias", "XSTOP9", "genug"};
  EXPECT_EQ(Judged("no gracias!", "", own).outcome, v1::OPT_OUT_OUTCOME_OPTED_OUT);
  EXPECT_EQ(Judged("NO-GRACIAS", "", own).outcome, v1::OPT_OUT_OUTCOME_OPTED_OUT);
  EXPECT_EQ(Judged("Genug", "", own).keyword, "genug");
  EXPECT_EQ(Judged("genug jetzt", "", own).outcome, v1::OPT_OUT_OUTCOME_REVIEW);
  EXPECT_EQ(Judged("genung", "", own).outcome, v1::OPT_OUT_OUTCOME_REVIEW);
  EXPECT_EQ(Judged("stop", "", own).outcome, v1::OPT_OUT_OUTCOME_OPTED_OUT);
  EXPECT_EQ(Judged("no gracias").outcome, v1::OPT_OUT_OUTCOME_NONE);
}

TEST(EmailReplies, CountBySubjectOrText) {
  const struct {
    const char* subject;
    const char* text;
    v1::OptOutOutcome outcome;
  } rows[] = {
      {"unsubscribe", "", v1::OPT_OUT_OUTCOME_OPTED_OUT},
      {"Re: Unsubscribe", "", v1::OPT_OUT_OUTCOME_OPTED_OUT},
      {"AW: Re: STOP", "", v1::OPT_OUT_OUTCOME_OPTED_OUT},
      {"Re: Our summer sale", "STOP", v1::OPT_OUT_OUTCOME_OPTED_OUT},
      {"Re: Our summer sale", "Please take me off your list.", v1::OPT_OUT_OUTCOME_REVIEW},
      {"unsubscribe", "HELP", v1::OPT_OUT_OUTCOME_OPTED_OUT},
      {"START", "please stop this", v1::OPT_OUT_OUTCOME_REVIEW},
      {"Re: Our summer sale", "How much is it?", v1::OPT_OUT_OUTCOME_NONE},
      {"Re: Never stop exploring", "Nice!", v1::OPT_OUT_OUTCOME_REVIEW},
  };
  for (const auto& row : rows) {
    v1::EmailReply reply;
    reply.set_subject(row.subject);
    reply.set_text(row.text);
    const absl::StatusOr<ReplyJudgement> judged = JudgeEmail(reply, {});
    ASSERT_TRUE(judged.ok()) << judged.status();
    EXPECT_EQ(judged->outcome, row.outcome) << row.subject << " / " << row.text;
  }
}

TEST(KeywordTable, HasTheRulesWordsAndIsOrdered) {
  std::set<std::string> of_rule;
  std::string last;
  for (const Keyword& keyword : BuiltInKeywords()) {
    if (keyword.source == "47 CFR 64.1200(a)(10)") of_rule.insert(std::string(keyword.text));
    const std::string key = absl::StrCat(keyword.meaning, "/", keyword.language, "/", keyword.text);
    EXPECT_LT(last, key);
    last = key;
    EXPECT_EQ(keyword.language.size(), 2u) << keyword.text;
  }
  EXPECT_EQ(of_rule, (std::set<std::string>{"cancel", "end", "opt out", "quit", "revoke", "stop",
                                            "unsubscribe"}));
}

TEST(OptOutPolicies, CanOnlyWiden) {
  const struct {
    std::vector<std::string> keywords;
    const char* refused;  // null: taken
  } rows[] = {
      {{}, nullptr},
      {{"genug", "no gracias"}, nullptr},
      {{"stop"}, nullptr},
      {{"genug", "GENÚG!"}, "additional_keywords[1]"},
      {{"start"}, "additional_keywords[0]"},
      {{"Opt-In"}, "additional_keywords[0]"},
      {{"ok", "HELP"}, "additional_keywords[1]"},
      {{"?!"}, "additional_keywords[0]"},
      {{"x"}, "additional_keywords[0]"},
      {{std::string(65, 'a')}, "additional_keywords[0]"},
      {std::vector<std::string>(201, "a b"), "additional_keywords"},
  };
  for (const auto& row : rows) {
    v1::OptOutPolicy policy;
    for (const std::string& keyword : row.keywords) policy.add_additional_keywords(keyword);
    const absl::Status status = ShapeOptOutPolicy("policy", &policy);
    EXPECT_EQ(status.ok(), row.refused == nullptr) << status;
    if (row.refused != nullptr) {
      EXPECT_NE(std::string(status.message()).find(row.refused), std::string::npos) << status;
    }
  }
  v1::OptOutPolicy unknown;
  unknown.set_near_misses(static_cast<v1::NearMissHandling>(9));
  EXPECT_FALSE(ShapeOptOutPolicy("policy", &unknown).ok());
}

TEST(OneEdit, IsOneInsertionDeletionReplacementOrSwap) {
  const struct {
    std::u32string a, b;
    bool one;
  } rows[] = {
      {U"stop", U"stop", false}, {U"stop", U"stp", true},   {U"stop", U"sstop", true},
      {U"stop", U"stopp", true}, {U"stop", U"stup", true},  {U"stop", U"sotp", true},
      {U"stop", U"tops", false}, {U"stop", U"pots", false}, {U"", U"a", true},
      {U"", U"", false},         {U"ab", U"ba", true},      {U"abc", U"cba", false},
      {U"stop", U"st", false},   {U"стоп", U"стп", true},
  };
  for (const auto& row : rows) {
    EXPECT_EQ(IsOneEditApart(row.a, row.b), row.one);
    EXPECT_EQ(IsOneEditApart(row.b, row.a), row.one);
  }
}

}  // namespace
}  // namespace dnc
