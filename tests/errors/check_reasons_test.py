"""The check of the error catalogue finds what it is there to find."""
import os
import sys
import tempfile
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import check_reasons  # noqa: E402

ROW = "| `LINE_MISSING` | INVALID_ARGUMENT | a line is missing | common/order |\n"
SOURCE = 'absl::Status Check() { return InvalidField("lines", "LINE_MISSING", "must be set"); }\n'


class CheckReasonsTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = folder.name
        self.write("common/order/order.cc", SOURCE)
        self.write("protos/order.proto", "enum OrderState {\n  ORDER_STATE_UNSPECIFIED = 0;\n  ORDER_STATE_IN_WORK = 1;\n}\n")
        self.write("docs/errors.md", "## Orders\n" + ROW + "## Retired\n")

    def write(self, path, text):
        path = os.path.join(self.root, path)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="utf-8") as stream:
            stream.write(text)

    def problems(self):
        return check_reasons.compare(self.root)

    def assert_one_problem(self, expected):
        problems = self.problems()
        self.assertEqual(len(problems), 1, problems)
        self.assertIn(expected, problems[0])

    def test_catalogue_that_fits(self):
        self.assertEqual(self.problems(), [])

    def test_reason_without_a_row(self):
        self.write("common/order/price.cc", 'return refuse("PRICE_MISSING", "no price");\n')
        self.assert_one_problem("PRICE_MISSING is not in docs/errors.md")
        self.assertEqual(list(check_reasons.missing(self.root)), ["| `PRICE_MISSING` | - | no price | common/order |"])

    def test_reason_of_one_word_given_to_a_constructor(self):
        self.write("common/order/price.cc", 'return FailedPrecondition("BROKEN", name, "no price");\n')
        self.assert_one_problem("BROKEN is not in docs/errors.md")

    def test_comments_enum_values_and_tests_are_no_reasons(self):
        self.write("common/order/price.cc", '// "PRICE_MISSING"\nif (name == "IN_WORK" || name == "ORDER_STATE_IN_WORK") {}\n')
        self.write("common/order/price_test.cc", 'EXPECT_EQ(reason, "PRICE_MISSING");\n')
        self.assertEqual(self.problems(), [])

    def test_fields_and_values_are_no_reasons(self):
        self.write("common/order/price.cc", """
return InvalidField("PRICE", "LINE_MISSING", "must be set", {{"value", "IN_WORK"}, {"word", "PRICE"}});
""")
        self.assertEqual(self.problems(), [])

    def test_code_that_differs(self):
        self.write("common/order/order.cc", SOURCE.replace('InvalidField("lines"', 'Error(absl::StatusCode::kNotFound'))
        self.assert_one_problem("goes with NOT_FOUND")

    def test_code_of_a_helper(self):
        self.write("common/order/order.cc", """
absl::Status Refuse(absl::string_view reason, const Metadata& metadata = {}) {
  return Error(absl::StatusCode::kAborted, reason, "refused", metadata);
}
absl::Status Check() {
  const auto broken = [&](absl::string_view reason) { return InvalidField("lines", reason, "broken"); };
  if (late) return broken("LINE_MISSING");
  return Refuse("LINE_MISSING", {});
}
""")
        self.assert_one_problem("goes with ABORTED")

    def test_row_that_nothing_uses(self):
        self.write("common/order/order.cc", "")
        self.assert_one_problem("is used nowhere")

    def test_retired_reason_that_is_used(self):
        self.write("docs/errors.md", "## Retired\n" + ROW)
        self.assert_one_problem("is retired")

    def test_place_that_is_wrong(self):
        self.write("docs/errors.md", "## Orders\n" + ROW.replace("common/order", "gateway"))
        self.assert_one_problem("is not used in gateway")

    def test_row_that_stands_twice(self):
        self.write("docs/errors.md", "## Orders\n" + ROW + ROW)
        self.assert_one_problem("twice")


if __name__ == "__main__":
    unittest.main()
