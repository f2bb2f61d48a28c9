// Bans: calls of the connector that lie, SQL that some engine of ours does not know, tables without a primary key.
// Reads the source tree (tests run in its root).
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "common/mysql/migrate.h"
#include "common/mysql/sql_text.h"

namespace kam::mysql {
namespace {

namespace fs = std::filesystem;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr const char* kFolders[] = {"account-svc", "contract-svc", "aftersales-svc", "gateway", "common"};

std::string ReadFile(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

// One space for every run of white space.
std::string Squeeze(absl::string_view text) {
  std::string out(text);
  for (char& c : out) {
    if (c == '\n' || c == '\t' || c == '\r') c = ' ';
  }
  absl::RemoveExtraAsciiWhitespace(&out);
  return out;
}

struct Source {
  std::string code;      // Without comments; literals are emptied.
  std::string literals;  // The contents of all string literals; neighbours are joined.
};

Source Parse(absl::string_view text) {
  Source source;
  size_t i = 0;
  const auto literal = [&](absl::string_view content) {
    source.code += "\"\"";
    source.literals.append(content.data(), content.size());
  };
  while (i < text.size()) {
    const absl::string_view rest = text.substr(i);
    if (absl::StartsWith(rest, "//")) {
      i = std::min(text.size(), text.find('\n', i));
    } else if (absl::StartsWith(rest, "/*")) {
      const size_t end = text.find("*/", i + 2);
      i = end == absl::string_view::npos ? text.size() : end + 2;
    } else if (absl::StartsWith(rest, "R\"")) {
      const size_t open = text.find('(', i);
      const std::string close = absl::StrCat(")", text.substr(i + 2, open - i - 2), "\"");
      const size_t end = std::min(text.size(), text.find(close, open));
      literal(text.substr(open + 1, end - open - 1));
      i = std::min(text.size(), end + close.size());
    } else if (rest[0] == '"') {
      size_t end = i + 1;
      while (end < text.size() && text[end] != '"') end += text[end] == '\\' ? 2 : 1;
      literal(text.substr(i + 1, std::min(end, text.size()) - i - 1));
      i = end + 1;
    } else if (rest[0] == '\'' && i > 0 && !absl::ascii_isalnum(static_cast<unsigned char>(text[i - 1]))) {
      size_t end = i + 1;
      while (end < text.size() && text[end] != '\'') end += text[end] == '\\' ? 2 : 1;
      i = end + 1;
    } else {
      if (!absl::ascii_isspace(static_cast<unsigned char>(rest[0]))) {
        if (rest[0] == ';' || rest[0] == ',') source.literals += " ; ";
        source.code += rest[0];
      } else {
        source.code += ' ';
      }
      ++i;
    }
  }
  return source;
}

// What is wrong with a C++ source. `in_mysql`: it belongs to common/mysql.
std::vector<std::string> LintSource(absl::string_view text, bool in_mysql) {
  const Source source = Parse(text);
  const std::string code = Squeeze(source.code);
  const std::string literals = absl::AsciiStrToUpper(Squeeze(source.literals));
  std::vector<std::string> found;
  for (const char* call : {"->commit(", "->rollback(", "setAutoCommit", "SetMaxThreads"}) {
    if (absl::StrContains(code, call)) found.push_back(call);
  }
  if (!in_mysql && (absl::StrContains(code, "<cppconn/") || absl::StrContains(code, "#include <mysql"))) {
    found.push_back("the connector outside common/mysql");
  }
  for (const char* sql : {"SELECT *", "GET_LOCK", " FOR SHARE", "SET AUTOCOMMIT"}) {
    if (absl::StrContains(literals, sql)) found.push_back(sql);
  }
  return found;
}

// What is wrong with a migration.
std::vector<std::string> LintSchema(absl::string_view text) {
  std::vector<std::string> found;
  for (const std::string& statement : SplitStatements(text)) {
    std::string bare;  // Without comments and quoted text.
    for (size_t i = 0; i < statement.size();) {
      const size_t next = std::max(SkipComment(statement, i), SkipQuoted(statement, i));
      if (next != i) {
        bare += ' ';
        i = next;
      } else {
        bare += statement[i++];
      }
    }
    bare = absl::StrCat(" ", absl::AsciiStrToUpper(Squeeze(bare)), " ");
    for (const char* word : {" TRIGGER ", " RETURNING ", " FOR SHARE ", "->", "SELECT *", "GET_LOCK",
                             " CREATE PROCEDURE ", " CREATE EVENT ", " CREATE SEQUENCE "}) {
      if (absl::StrContains(bare, word)) found.push_back(std::string(absl::StripAsciiWhitespace(word)));
    }
    if (Word(statement, 0) == "CREATE" && Word(statement, 1) == "TABLE") {
      std::string tight = bare;
      tight.erase(std::remove(tight.begin(), tight.end(), ' '), tight.end());
      if (!absl::StrContains(bare, " PRIMARY KEY")) found.push_back("no PRIMARY KEY");
      if (!absl::StrContains(tight, "ENGINE=INNODB")) found.push_back("no ENGINE=InnoDB");
      if (!absl::StrContains(tight, "CHARSET=UTF8MB4") && !absl::StrContains(tight, "CHARACTERSET=UTF8MB4") &&
          !absl::StrContains(tight, "CHARACTERSETUTF8MB4")) {
        found.push_back("no utf8mb4");
      }
    }
  }
  return found;
}

bool IsTest(const fs::path& path) {
  return absl::EndsWith(path.filename().string(), "_test.cc") || absl::StrContains(path.string(), "/testing/");
}

TEST(SqlLintTest, TheTreeKeepsTheBans) {
  int sources = 0;
  for (const char* folder : kFolders) {
    if (!fs::exists(folder)) continue;
    for (const fs::directory_entry& entry : fs::recursive_directory_iterator(folder)) {
      const fs::path& path = entry.path();
      if ((path.extension() != ".cc" && path.extension() != ".h") || IsTest(path)) continue;
      ++sources;
      EXPECT_THAT(LintSource(ReadFile(path), absl::StartsWith(path.string(), "common/mysql/")), IsEmpty()) << path;
    }
  }
  EXPECT_GT(sources, 5) << "the test does not run in the source root";
}

TEST(SqlLintTest, MigrationsArePortable) {
  for (const char* folder : kFolders) {
    if (!fs::exists(folder)) continue;
    for (const fs::directory_entry& entry : fs::recursive_directory_iterator(folder)) {
      const fs::path& path = entry.path();
      if (path.extension() != ".sql" || path.parent_path().filename() != "schema") continue;
      EXPECT_THAT(LintSchema(ReadFile(path)), IsEmpty()) << path;
    }
  }
}

TEST(SqlLintTest, TheBansAreSeen) {
  EXPECT_THAT(LintSource("connection->commit(); c->rollback();", true), ElementsAre("->commit(", "->rollback("));
  EXPECT_THAT(LintSource("x.setAutoCommit(false); builder.SetMaxThreads(3);", true),
              ElementsAre("setAutoCommit", "SetMaxThreads"));
  EXPECT_THAT(LintSource("Query(\"select\"\n   \"  * from t\"); f('\"', R\"(SELECT GET_LOCK('a', 1))\");", true),
              ElementsAre("SELECT *", "GET_LOCK"));
  EXPECT_THAT(LintSource("#include <cppconn/driver.h>", false), ElementsAre("the connector outside common/mysql"));
  EXPECT_THAT(LintSource("// c->commit()\n/* SELECT * */ Query(\"SELECT COUNT(*) FROM t\"); int x = 1'000;", false),
              IsEmpty());
}

TEST(SqlLintTest, FaultsOfASchemaAreSeen) {
  EXPECT_THAT(LintSchema("CREATE TABLE t (a INT)"), ElementsAre("no PRIMARY KEY", "no ENGINE=InnoDB", "no utf8mb4"));
  EXPECT_THAT(LintSchema("CREATE TABLE t (a INT, -- PRIMARY KEY\n b INT) ENGINE=InnoDB DEFAULT CHARSET = utf8mb4"),
              ElementsAre("no PRIMARY KEY"));
  EXPECT_THAT(LintSchema("CREATE TABLE t (a INT NOT NULL, PRIMARY KEY (a)) ENGINE = InnoDB CHARACTER SET utf8mb4;"
                         "INSERT INTO t VALUES ('TRIGGER -> RETURNING') -- FOR SHARE\n"),
              IsEmpty());
  EXPECT_THAT(
      LintSchema("CREATE TRIGGER x BEFORE INSERT ON t FOR EACH ROW SET @a = 1; SELECT a->'$.b' FROM t FOR SHARE;"
                 "INSERT INTO t VALUES (1) RETURNING a"),
      ElementsAre("TRIGGER", "FOR SHARE", "->", "RETURNING"));
}

}  // namespace
}  // namespace kam::mysql
