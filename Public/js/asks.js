// A question that hangs on an earlier answer is shown once that answer is there; what is not asked is not sent.
// <fieldset data-asked-after="answers.qst_…" data-answers="Yes\nMaybe">: no answers = any answer will do.

export function start(fieldsets) {
  for (const fieldset of fieldsets) {
    fieldset.querySelector('legend').hidden = true;
    fieldset.form.addEventListener('input', () => fieldsets.forEach(show));
  }
  fieldsets.forEach(show);
  addEventListener('pageshow', () => fieldsets.forEach(show));
}

function show(fieldset) {
  const { askedAfter, answers } = fieldset.dataset;
  const given = answersTo(askedAfter, fieldset.form);
  const wanted = answers.toLowerCase().split('\n').filter(Boolean);
  const isAsked = given.some((answer) => wanted.length === 0 || wanted.includes(answer.trim().toLowerCase()));
  fieldset.hidden = !isAsked;
  fieldset.disabled = !isAsked;
}

// Of several boxes the name says which was ticked. A field that is not asked itself has no answer.
function answersTo(name, form) {
  const given = [];
  for (const [field, entry] of new FormData(form)) {
    // Of a file that was chosen its name is there.
    const value = typeof entry === 'string' ? entry : entry.name;
    if (field === name && value.trim()) given.push(value);
    if (field.startsWith(`${name}.`)) given.push(field.slice(name.length + 1));
  }
  return given;
}
