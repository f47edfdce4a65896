# Checks that read the source, run as tests: ctest --test-dir tools/lint. They want build/clang configured.
get_filename_component(root "${CMAKE_CURRENT_LIST_DIR}/../.." ABSOLUTE)
add_test(rooms "${root}/tools/check_rooms")
add_test(format "${root}/tools/check_format")
add_test(lint "${root}/tools/check_lint")
