#include "account-svc/rules/keys.h"

#include <phonenumbers/phonenumberutil.h>
#include <unicode/bytestream.h>
#include <unicode/idna.h>
#include <unicode/normalizer2.h>
#include <unicode/uchar.h>
#include <unicode/unistr.h>

#include <algorithm>
#include <array>
#include <memory>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/strip.h"
#include "common/status/status.h"

namespace kam::account::rules {
namespace {

constexpr size_t kKeyBytesMax = 200;

// Legal forms written without a space before them.
constexpr absl::string_view kGluedForms[] = {"股份有限公司", "有限责任公司", "有限公司", "股份公司",
                                             "公司",         "株式会社",     "주식회사"};
// Legal forms that are words of their own; several may follow each other ("gmbh co kg").
constexpr absl::string_view kWordForms[] = {
    "ab",  "ag",           "aps",  "as", "bhd",     "bv",  "co",  "company", "corp", "corporation", "gmbh", "inc",
    "kg",  "incorporated", "kgaa", "kk", "limited", "llc", "llp", "lp",      "ltd",  "mbh",         "nv",   "oy",
    "plc", "pte",          "pty",  "sa", "sarl",    "sas", "sdn", "se",      "spa",  "srl",         "ооо",  "оао"};

// NFKC with case folding: one form for full and half width, ligatures, upper and lower case.
std::string Fold(absl::string_view text) {
  UErrorCode error = U_ZERO_ERROR;
  const icu::Normalizer2* normalizer = icu::Normalizer2::getNFKCCasefoldInstance(error);
  if (U_FAILURE(error)) return absl::AsciiStrToLower(text);
  std::string folded;
  icu::StringByteSink<std::string> sink(&folded);
  normalizer->normalizeUTF8(0, icu::StringPiece(text.data(), static_cast<int32_t>(text.size())), sink, nullptr, error);
  return U_FAILURE(error) ? absl::AsciiStrToLower(text) : folded;
}

// Words of letters and digits; everything else separates them. A dot and an apostrophe separate nothing ("S.A.").
std::vector<std::string> Words(const std::string& folded) {
  const icu::UnicodeString text = icu::UnicodeString::fromUTF8(folded);
  std::vector<std::string> words(1);
  for (int32_t i = 0; i < text.length(); i = text.moveIndex32(i, 1)) {
    const UChar32 c = text.char32At(i);
    if (u_isalnum(c) || u_charType(c) == U_NON_SPACING_MARK || u_charType(c) == U_COMBINING_SPACING_MARK) {
      icu::UnicodeString(c).toUTF8String(words.back());
    } else if (c != U'.' && c != U'\'' && c != U'’' && !words.back().empty()) {
      words.emplace_back();
    }
  }
  if (words.back().empty()) words.pop_back();
  return words;
}

std::string Bounded(std::string key) {
  if (key.size() <= kKeyBytesMax) return key;
  size_t end = kKeyBytesMax;
  while (end > 0 && (static_cast<unsigned char>(key[end]) & 0xC0) == 0x80) --end;  // Not inside a character.
  key.resize(end);
  return key;
}

}  // namespace

std::string FoldName(absl::string_view legal_name) {
  std::vector<std::string> words = Words(Fold(legal_name));
  const std::string whole = absl::StrJoin(words, "");
  while (words.size() > 1 &&
         std::find(std::begin(kWordForms), std::end(kWordForms), words.back()) != std::end(kWordForms)) {
    words.pop_back();
  }
  std::string key = absl::StrJoin(words, "");
  const bool only_form = std::find(std::begin(kGluedForms), std::end(kGluedForms), key) != std::end(kGluedForms);
  for (const absl::string_view form : kGluedForms) {
    if (!only_form && key.size() > form.size() && absl::EndsWith(key, form)) {
      key.resize(key.size() - form.size());
      break;
    }
  }
  return Bounded(key.empty() ? whole : key);
}

std::string NormalRegistrationNumber(absl::string_view number) {
  return Bounded(absl::AsciiStrToUpper(absl::StrJoin(Words(Fold(number)), "")));
}

absl::Status CheckRegistrationNumber(absl::string_view number, absl::string_view country) {
  if (number.empty() || country != "CN") return absl::OkStatus();
  // GB 32100-2015: 17 characters weighted by 3^i mod 31 and a check character, without I, O, S, V, Z.
  constexpr absl::string_view kAlphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY";
  constexpr size_t kLength = 18;
  constexpr int kModulus = 31;
  constexpr int kWeightBase = 3;
  const auto invalid = [&](absl::string_view why) {
    return InvalidField("account.registration_number", "REGISTRATION_NUMBER_INVALID",
                        absl::StrCat("is not a unified social credit code (GB 32100): ", why));
  };
  const std::string code = NormalRegistrationNumber(number);
  if (code.size() != kLength) return invalid(absl::StrCat("has ", code.size(), " characters, not ", kLength));
  int sum = 0;
  int weight = 1;
  for (size_t i = 0; i + 1 < kLength; ++i) {
    const size_t value = kAlphabet.find(code[i]);
    if (value == absl::string_view::npos) return invalid(absl::StrCat("character ", i + 1, " does not occur in it"));
    sum += static_cast<int>(value) * weight;
    weight = weight * kWeightBase % kModulus;
  }
  const auto check = static_cast<size_t>((kModulus - sum % kModulus) % kModulus);
  if (code.back() != kAlphabet[check]) return invalid("the check character is wrong");
  return absl::OkStatus();
}

std::string NormalPhone(absl::string_view phone, absl::string_view country) {
  const std::string folded = Fold(phone);
  std::string digits;
  for (const char c : folded) {
    if (absl::ascii_isdigit(static_cast<unsigned char>(c))) digits.push_back(c);
  }
  constexpr size_t kDigitsMin = 5;  // Shorter ones are extensions and service numbers, which many firms have.
  if (digits.size() < kDigitsMin) return "";
  using i18n::phonenumbers::PhoneNumber;
  using i18n::phonenumbers::PhoneNumberUtil;
  const PhoneNumberUtil& util = *PhoneNumberUtil::GetInstance();
  PhoneNumber number;
  if (util.Parse(folded, std::string(country), &number) != PhoneNumberUtil::NO_PARSING_ERROR) return Bounded(digits);
  number.clear_extension();
  std::string e164;
  util.Format(number, PhoneNumberUtil::E164, &e164);
  return Bounded(e164);
}

std::string NormalDomain(absl::string_view text, const std::vector<std::string>& public_domains) {
  absl::string_view rest = absl::StripAsciiWhitespace(text);
  if (const size_t scheme = rest.find("://"); scheme != absl::string_view::npos) rest.remove_prefix(scheme + 3);
  rest = rest.substr(0, rest.find_first_of("/?#"));
  if (const size_t at = rest.rfind('@'); at != absl::string_view::npos) rest.remove_prefix(at + 1);
  rest = rest.substr(0, rest.find(':'));
  while (absl::ConsumeSuffix(&rest, ".")) {
  }
  if (rest.empty()) return "";
  UErrorCode error = U_ZERO_ERROR;
  const std::unique_ptr<icu::IDNA> idna(
      icu::IDNA::createUTS46Instance(UIDNA_NONTRANSITIONAL_TO_ASCII | UIDNA_USE_STD3_RULES, error));
  if (U_FAILURE(error)) return "";
  std::string ascii;
  icu::StringByteSink<std::string> sink(&ascii);
  icu::IDNAInfo info;
  idna->nameToASCII_UTF8(icu::StringPiece(rest.data(), static_cast<int32_t>(rest.size())), sink, info, error);
  if (U_FAILURE(error) || info.hasErrors()) return "";
  absl::string_view domain = ascii;
  absl::ConsumePrefix(&domain, "www.");
  if (domain.find('.') == absl::string_view::npos) return "";
  if (std::find(public_domains.begin(), public_domains.end(), domain) != public_domains.end()) return "";
  return Bounded(std::string(domain));
}

FirmKeys KeysOf(const Firm& firm, const Policy& policy) {
  const std::string& country = firm.country.empty() ? policy.default_country : firm.country;
  // A write asks for the same keys up to three times (look-up before it, check, store), and reading a telephone number
  // alone takes as long as several statements: what this thread worked out last is kept.
  struct Last {
    Firm firm;
    std::string country;
    std::vector<std::string> public_domains;
    FirmKeys keys;
  };
  thread_local Last last;
  if (last.firm == firm && last.country == country && last.public_domains == policy.public_domains) return last.keys;
  last = {firm, country, policy.public_domains, {}};
  last.keys.registration = NormalRegistrationNumber(firm.registration_number);
  last.keys.name = FoldName(firm.legal_name);
  last.keys.phone = NormalPhone(firm.phone, country);
  last.keys.domain = NormalDomain(firm.domain, policy.public_domains);
  return last.keys;
}

}  // namespace kam::account::rules
