// FEEDHANDLER_SANITIZED is defined in builds whose sanitizer replaces malloc and intercepts calls, and
// FEEDHANDLER_THREAD_SANITIZED in those of the thread sanitizer.
#ifndef FEEDHANDLER_TESTS_SANITIZED_H_
#define FEEDHANDLER_TESTS_SANITIZED_H_

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define FEEDHANDLER_SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define FEEDHANDLER_SANITIZED 1
#endif
#endif

#if defined(__SANITIZE_THREAD__)
#define FEEDHANDLER_THREAD_SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define FEEDHANDLER_THREAD_SANITIZED 1
#endif
#endif

#endif  // FEEDHANDLER_TESTS_SANITIZED_H_
