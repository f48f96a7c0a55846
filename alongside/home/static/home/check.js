// What a paper's square holds comes behind the # of the address, which a browser sends to nobody: here it goes into the
// form. It stands in no history and in no log.

const form = document.getElementById('check')
const paper = location.hash.slice(1)

if (form && paper) {
  history.replaceState(null, '', location.pathname)
  form.elements.paper.value = paper
  form.submit()
}
