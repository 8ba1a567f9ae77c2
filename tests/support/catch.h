// Catch2 2 (Debian 12) and 3 (Debian 13) behind one include.
#ifndef SOCKLOG_TESTS_SUPPORT_CATCH_H_
#define SOCKLOG_TESTS_SUPPORT_CATCH_H_

#if __has_include(<catch2/catch_all.hpp>)
#include <catch2/catch_all.hpp>
using Catch::Approx;
#else
#include <catch2/catch.hpp>
#endif

#endif  // SOCKLOG_TESTS_SUPPORT_CATCH_H_
