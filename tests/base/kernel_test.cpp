#include "quern/base/kernel.hpp"

#include "quern/base/error.hpp"

#include <gtest/gtest.h>

#include <string>

using namespace quern;

TEST(Kernel, ScalarIsAlwaysAvailable) {
  ASSERT_FALSE(available_kernels().empty());
  EXPECT_EQ(available_kernels().front(), Kernel::scalar);
}

TEST(Kernel, EveryAvailableOneCanBeForced) {
  std::size_t tried = 0;
  for (Kernel kernel : available_kernels()) {
    EXPECT_EQ(choose_kernel(name(kernel)), kernel);
    ++tried;
  }
  EXPECT_GE(tried, 1u);
}

TEST(Kernel, TheFastestIsChosenWhereNoneIsForced) { EXPECT_EQ(choose_kernel(std::nullopt), available_kernels().back()); }

TEST(Kernel, AnUnknownNameIsAUsageErrorThatNamesTheChoices) {
  try {
    choose_kernel("sse9");
    FAIL() << "taken";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::usage);
    const std::string what = error.what();
    EXPECT_NE(what.find("QUERN_KERNEL=sse9"), std::string::npos);
    EXPECT_NE(what.find("scalar"), std::string::npos);
  }
}

TEST(Kernel, TheChoiceIsOneOfTheAvailable) {
  const Kernel chosen = chosen_kernel();
  EXPECT_EQ(choose_kernel(name(chosen)), chosen);
}
