#include "common/auth/internal_token.h"

#include <openssl/sha.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "common/auth/grants.h"
#include "common/auth/key_source.h"
#include "common/status/status.h"

namespace kam::auth {
namespace {

constexpr char kEmployees[] = "employees/";
constexpr char kPrograms[] = "programs/";
constexpr std::size_t kMaxIdBytes = 128;

// Claim names beside the registered ones. The team and the permissions of a level are one text each, separated by
// blanks, like "scope" of OAuth: they are long, and the token travels with every call.
constexpr char kRoles[] = "rol";
constexpr char kDepartment[] = "dep";
constexpr char kRegions[] = "reg";
constexpr char kTeam[] = "team";
constexpr char kGrants[] = "gr";

// An id that can stand in a list separated by blanks.
bool IsId(absl::string_view text) {
  return !text.empty() && text.size() <= kMaxIdBytes && std::all_of(text.begin(), text.end(), [](char c) {
    return absl::ascii_isgraph(static_cast<unsigned char>(c));
  });
}

// "collection/id"
bool IsName(absl::string_view text) {
  const std::size_t slash = text.find('/');
  return slash != absl::string_view::npos && slash > 0 && IsId(text.substr(0, slash)) && IsId(text.substr(slash + 1)) &&
         text.find('/', slash + 1) == absl::string_view::npos;
}

absl::Status CheckForToken(const Principal& principal) {
  FieldViolations violations;
  if (!IsName(principal.subject) || absl::StartsWith(principal.subject, kPrograms)) {
    violations.Add("principal.subject", "SUBJECT_INVALID", "the subject is a resource name other than a program's");
  }
  const bool is_employee = absl::StartsWith(principal.subject, kEmployees);
  if (is_employee ? principal.subject != absl::StrCat(kEmployees, principal.employee) : !principal.employee.empty()) {
    violations.Add("principal.employee", "SUBJECT_INVALID", "the employee and the subject do not agree");
  }
  if (principal.team.size() > kMaxTeam) {
    violations.Add(
        "principal.team", "TEAM_TOO_LARGE",
        absl::StrCat("the team has ", principal.team.size(), " employees, at most ", kMaxTeam, " fit a token"),
        {{"value", absl::StrCat(principal.team.size())}, {"limit", absl::StrCat(kMaxTeam)}});
  }
  if (!std::all_of(principal.team.begin(), principal.team.end(), IsId)) {
    violations.Add("principal.team", "ID_INVALID", "an employee id is empty, too long or not printable ASCII");
  }
  for (const auto& [permission, level] : principal.grants) {
    if (!IsPermission(permission)) violations.Add("principal.grants", "PERMISSION_INVALID", "not a permission");
  }
  return violations.status();
}

absl::StatusOr<Claims> ToClaims(const Principal& principal) {
  RETURN_IF_ERROR(CheckForToken(principal));
  Claims claims;
  bool ok = claims.Set("sub", principal.subject);
  if (!principal.roles.empty()) ok = claims.Set(kRoles, principal.roles) && ok;
  if (!principal.department.empty()) ok = claims.Set(kDepartment, principal.department) && ok;
  if (!principal.regions.empty()) ok = claims.Set(kRegions, principal.regions) && ok;
  if (!principal.team.empty()) ok = claims.Set(kTeam, absl::StrJoin(principal.team, " ")) && ok;
  std::map<Level, std::vector<absl::string_view>> by_level;
  for (const auto& [permission, level] : principal.grants) {
    if (level != Level::kNone) by_level[level].push_back(permission);
  }
  Claims grants;
  for (auto& [level, permissions] : by_level) {
    std::sort(permissions.begin(), permissions.end());
    ok = grants.Set(LevelName(level).data(), absl::StrJoin(permissions, " ")) && ok;
  }
  if (!by_level.empty()) claims.Set(kGrants, grants);
  if (!ok) return InvalidField("principal", "TEXT_INVALID", "a text of the principal is not UTF-8");
  return claims;
}

absl::Status Malformed(absl::string_view rule) {
  return Error(absl::StatusCode::kUnauthenticated, "TOKEN_MALFORMED", absl::StrCat("the token is malformed: ", rule),
               {{"rule", std::string(rule)}});
}

absl::Status SubjectRefused(absl::string_view issuer) {
  return Error(absl::StatusCode::kUnauthenticated, "TOKEN_SUBJECT_REFUSED",
               "the token's issuer may not speak for its subject", {{"issuer", Printable(issuer)}});
}

// A text claim that may be absent, but not of another type.
absl::StatusOr<std::string> OptionalText(const Claims& claims, const char* name) {
  if (!claims.Has(name)) return std::string();
  std::optional<std::string> text = claims.String(name);
  if (!text.has_value()) return Malformed(absl::StrCat(name, " is not a text"));
  return *std::move(text);
}

absl::StatusOr<std::vector<std::string>> OptionalTexts(const Claims& claims, const char* name) {
  if (!claims.Has(name)) return std::vector<std::string>();
  std::optional<std::vector<std::string>> texts = claims.Strings(name);
  if (!texts.has_value()) return Malformed(absl::StrCat(name, " is not a list of texts"));
  return *std::move(texts);
}

absl::StatusOr<Grants> ReadGrants(const Claims& claims) {
  Grants grants;
  if (!claims.Has(kGrants)) return grants;
  const std::optional<Claims> by_level = claims.Object(kGrants);
  if (!by_level.has_value()) return Malformed("gr is not an object");
  for (const std::string& name : by_level->Names()) {
    Level level = Level::kNone;
    const std::optional<std::string> permissions = by_level->String(name.c_str());
    if (!ParseLevel(name, &level) || !permissions.has_value()) return Malformed("gr has an unknown level");
    for (const absl::string_view permission : absl::StrSplit(*permissions, ' ', absl::SkipEmpty())) {
      Level& widest = grants[permission];
      widest = std::max(widest, level);
    }
  }
  return grants;
}

// What an entry keeps in memory, roughly.
std::size_t Weight(const Principal& principal) {
  constexpr std::size_t kPerText = 40;
  std::size_t bytes = 512 + principal.subject.size() + principal.employee.size() + principal.department.size();
  for (const auto* list : {&principal.roles, &principal.regions, &principal.team}) {
    for (const std::string& text : *list) bytes += kPerText + text.size();
  }
  for (const auto& [permission, level] : principal.grants) bytes += 2 * kPerText + permission.size();
  return bytes;
}

}  // namespace

absl::StatusOr<std::unique_ptr<InternalIssuer>> InternalIssuer::Create(const Options& options, absl::Time now) {
  if (options.lifetime < absl::Seconds(1) || options.lifetime > kMaxInternalLifetime) {
    return InvalidField(
        "lifetime", "LIFETIME_INVALID",
        absl::StrCat("the lifetime of a token is between 1 s and ", absl::FormatDuration(kMaxInternalLifetime)),
        {{"value", absl::FormatDuration(options.lifetime)}, {"limit", absl::FormatDuration(kMaxInternalLifetime)}});
  }
  std::unique_ptr<InternalIssuer> issuer(new InternalIssuer(options));
  issuer->watch_.Changed(now);
  RETURN_IF_ERROR(issuer->Load());
  return issuer;
}

absl::Status InternalIssuer::Load() {
  ASSIGN_OR_RETURN(KeyPtr key, LoadPrivateKey(options_.key_file));
  if (ProgramOfKid(key->kid()) != options_.program) {
    return Error(absl::StatusCode::kFailedPrecondition, "KEY_OF_ANOTHER_PROGRAM",
                 absl::StrCat("the key in ", options_.key_file, " belongs to another program"),
                 {{"file", options_.key_file}, {"kid", Printable(key->kid())}, {"program", options_.program}});
  }
  if (!key->Allows(Algorithm::kEs256)) {
    return Error(absl::StatusCode::kFailedPrecondition, "KEY_UNUSABLE", "internal tokens are signed with a P-256 key",
                 {{"file", options_.key_file}, {"kid", Printable(key->kid())}});
  }
  key_ = std::move(key);
  own_token_.clear();
  return absl::OkStatus();
}

KeyPtr InternalIssuer::CurrentKey(absl::Time now) {
  const std::lock_guard<std::mutex> lock(mutex_);
  // A new file that cannot be used (half of a rotation) leaves the old key at work; it is tried again later.
  if (watch_.Changed(now)) {
    const absl::Status loaded = Load();
    if (!loaded.ok()) {
      spdlog::warn("signing key not taken up: {}", std::string(loaded.message()));
      watch_.Forget();
    }
  }
  return key_;
}

absl::StatusOr<std::string> InternalIssuer::SignClaims(Claims claims, absl::Time now) {
  const KeyPtr key = CurrentKey(now);
  const int64_t issued = absl::ToUnixSeconds(now);
  claims.Set("iss", absl::string_view(options_.program));
  claims.Set("aud", absl::string_view(kInternalAudience));
  claims.Set("iat", issued);
  claims.Set("exp", issued + absl::ToInt64Seconds(options_.lifetime));
  claims.Set("jti", absl::string_view(NewTokenId()));
  ASSIGN_OR_RETURN(std::string token, Sign(claims, *key, Algorithm::kEs256, kInternalType));
  if (token.size() > kMaxInternalTokenBytes) {
    return Error(absl::StatusCode::kFailedPrecondition, "TOKEN_TOO_LARGE",
                 absl::StrCat("the internal token would have ", token.size(), " bytes, at most ",
                              kMaxInternalTokenBytes, " fit a call"),
                 {{"value", absl::StrCat(token.size())}, {"limit", absl::StrCat(kMaxInternalTokenBytes)}});
  }
  return token;
}

absl::StatusOr<std::string> InternalIssuer::Mint(const Principal& principal, absl::Time now) {
  ASSIGN_OR_RETURN(Claims claims, ToClaims(principal));
  return SignClaims(std::move(claims), now);
}

absl::StatusOr<std::string> InternalIssuer::MintForSelf(absl::Time now) {
  CurrentKey(now);  // Drops the kept token when the key changed.
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (!own_token_.empty() && now >= own_token_at_ && now - own_token_at_ < options_.lifetime / 2) return own_token_;
  }
  Claims claims;
  claims.Set("sub", absl::string_view(absl::StrCat(kPrograms, options_.program)));
  ASSIGN_OR_RETURN(std::string token, SignClaims(std::move(claims), now));
  const std::lock_guard<std::mutex> lock(mutex_);
  own_token_ = token;
  own_token_at_ = now;
  return token;
}

InternalAuthenticator::InternalAuthenticator(const Options& options)
    : options_(options),
      keys_(options.keys != nullptr ? options.keys : std::make_shared<FileKeySource>(options.jwks_file)) {
  policy_.issuer_names_key = true;
  policy_.audience = kInternalAudience;
  policy_.algorithms = {Algorithm::kEs256};
  policy_.type = kInternalType;
  policy_.clock_skew = options.clock_skew;
  policy_.max_lifetime = kMaxInternalLifetime;
}

absl::StatusOr<std::unique_ptr<InternalAuthenticator>> InternalAuthenticator::Create(const Options& options) {
  if (options.jwks_file.empty() == (options.keys == nullptr)) {
    return InvalidField("jwks_file", "KEYS_MISSING", "exactly one of jwks_file and keys is needed");
  }
  for (const auto& [program, permissions] : options.program_permissions) {
    for (const std::string& permission : permissions) {
      if (!IsPermission(permission)) {
        return InvalidField(absl::StrCat("program_permissions.", program), "PERMISSION_INVALID",
                            "a permission has the form noun.verb", {{"value", Printable(permission)}});
      }
    }
  }
  return std::unique_ptr<InternalAuthenticator>(new InternalAuthenticator(options));
}

absl::StatusOr<std::shared_ptr<const Principal>> InternalAuthenticator::ToPrincipal(const VerifiedToken& token) const {
  const std::optional<std::string> subject = token.claims.String("sub");
  if (!subject.has_value() || !IsName(*subject)) return Malformed("sub is missing or not a resource name");
  auto principal = std::make_shared<Principal>();
  principal->subject = *subject;
  if (absl::StartsWith(*subject, kPrograms)) {
    if (*subject != absl::StrCat(kPrograms, token.issuer)) return SubjectRefused(token.issuer);
    if (const auto it = options_.program_permissions.find(token.issuer); it != options_.program_permissions.end()) {
      for (const std::string& permission : it->second) principal->grants[permission] = Level::kAll;
    }
    return principal;
  }
  if (std::find(options_.speakers.begin(), options_.speakers.end(), token.issuer) == options_.speakers.end()) {
    return SubjectRefused(token.issuer);
  }
  if (absl::StartsWith(*subject, kEmployees)) principal->employee = subject->substr(sizeof(kEmployees) - 1);
  ASSIGN_OR_RETURN(principal->roles, OptionalTexts(token.claims, kRoles));
  ASSIGN_OR_RETURN(principal->department, OptionalText(token.claims, kDepartment));
  ASSIGN_OR_RETURN(principal->regions, OptionalTexts(token.claims, kRegions));
  ASSIGN_OR_RETURN(const std::string team, OptionalText(token.claims, kTeam));
  principal->team = absl::StrSplit(team, ' ', absl::SkipEmpty());
  if (principal->team.size() > kMaxTeam) return Malformed("team is too large");
  ASSIGN_OR_RETURN(principal->grants, ReadGrants(token.claims));
  return principal;
}

std::shared_ptr<const Principal> InternalAuthenticator::Cached(const Digest& digest, absl::Time now) {
  const std::lock_guard<std::mutex> lock(mutex_);
  const auto it = index_.find(digest);
  if (it == index_.end()) return nullptr;
  const auto entry = it->second;
  if (now >= entry->expiry) {
    Drop(entry);
    return nullptr;
  }
  // A clock that was set back must not make a token good that would be refused if it came for the first time.
  if (now + options_.clock_skew < entry->valid_from) return nullptr;
  entries_.splice(entries_.begin(), entries_, entry);
  ++stats_.cache_hits;
  return entry->principal;
}

void InternalAuthenticator::Drop(std::list<Entry>::iterator entry) {
  stats_.cached_bytes -= entry->bytes;
  index_.erase(entry->digest);
  entries_.erase(entry);
}

void InternalAuthenticator::Remember(Entry entry) {
  if (options_.cache_entries == 0 || entry.bytes > options_.cache_bytes) return;
  const std::lock_guard<std::mutex> lock(mutex_);
  if (index_.contains(entry.digest)) return;  // Another thread verified the same token meanwhile.
  while (!entries_.empty() &&
         (entries_.size() >= options_.cache_entries || stats_.cached_bytes + entry.bytes > options_.cache_bytes)) {
    Drop(std::prev(entries_.end()));
  }
  stats_.cached_bytes += entry.bytes;
  entries_.push_front(std::move(entry));
  index_.emplace(entries_.front().digest, entries_.begin());
}

absl::StatusOr<std::shared_ptr<const Principal>> InternalAuthenticator::AuthenticateShared(absl::string_view bearer,
                                                                                           absl::Time now) {
  Entry entry;
  // A text above the limit is refused by Verify without being hashed.
  if (bearer.size() <= kMaxTokenBytes) {
    SHA256(reinterpret_cast<const unsigned char*>(bearer.data()), bearer.size(), entry.digest.data());
    if (std::shared_ptr<const Principal> known = Cached(entry.digest, now); known != nullptr) return known;
  }
  const auto verify = [&]() -> absl::StatusOr<std::shared_ptr<const Principal>> {
    ASSIGN_OR_RETURN(const VerifiedToken token, Verify(bearer, *keys_, policy_, now));
    entry.valid_from = token.valid_from;
    entry.expiry = token.expiry;
    return ToPrincipal(token);
  };
  absl::StatusOr<std::shared_ptr<const Principal>> principal = verify();
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    ++(principal.ok() ? stats_.verified : stats_.refused);
  }
  // Within the skew after its expiry a token is still good, but no longer kept.
  if (principal.ok() && now < entry.expiry) {
    entry.principal = *principal;
    entry.bytes = Weight(**principal);
    Remember(std::move(entry));
  }
  return principal;
}

absl::StatusOr<Principal> InternalAuthenticator::Authenticate(absl::string_view bearer, absl::Time now) {
  ASSIGN_OR_RETURN(const std::shared_ptr<const Principal> principal, AuthenticateShared(bearer, now));
  return *principal;
}

InternalAuthenticator::Stats InternalAuthenticator::stats() const {
  const std::lock_guard<std::mutex> lock(mutex_);
  Stats stats = stats_;
  stats.cached = entries_.size();
  return stats;
}

}  // namespace kam::auth
