# Turns a text file into a C source with one zero-terminated array of its bytes.
# cmake -DIN=page.html -DOUT=page.c -DNAME=spx_page -P embed_text.cmake
file(READ "${IN}" hex HEX)
string(REGEX REPLACE "(................................)" "\\1\n" hex "${hex}")
string(REGEX REPLACE "([0-9a-f][0-9a-f])" "0x\\1," bytes "${hex}")
file(WRITE "${OUT}.new" "/* Made by cmake/embed_text.cmake. */\nextern const char ${NAME}[];\nconst char ${NAME}[] = {\n${bytes}0x00\n};\n")
file(COPY_FILE "${OUT}.new" "${OUT}" ONLY_IF_DIFFERENT)
