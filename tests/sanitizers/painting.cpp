// SPDX-License-Identifier: MIT
// QtGui paints by a pool of threads, to which it hands over within Qt: that is all race to ThreadSanitizer.
// Linked into the tests of what is painted.

extern "C" __attribute__((visibility("default"))) const char *__tsan_default_suppressions() // NOLINT
{
    return "race:libQt6Gui.so\n"
           "race:QThreadPoolPrivate\n"
           "race:QRunnable::create\n"
#ifdef LIAISON_TEST_HAS_NO_THREADS
           // Where it has lost the names, and there are no threads but Qt's.
           "race:libQt6Core.so\n"
#endif
        ;
}
