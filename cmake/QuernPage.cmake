# The style sheet of report.html as a string of the program.
# quern_page(<target>)
function(quern_page target)
  set(style "${PROJECT_SOURCE_DIR}/src/report/page/page.css")
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS "${style}")
  file(READ "${style}" QUERN_PAGE_STYLE)
  configure_file("${PROJECT_SOURCE_DIR}/cmake/page_style.cpp.in" "${PROJECT_BINARY_DIR}/page_style_text.cpp" @ONLY)
  target_sources(${target} PRIVATE "${PROJECT_BINARY_DIR}/page_style_text.cpp")
endfunction()
