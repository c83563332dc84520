// <form>… <a data-escape href="…">Keep Berlin</a></form>: Escape anywhere in the form goes where that link goes.

export function start(links) {
  for (const link of links) {
    link.closest('form').addEventListener('keydown', (event) => {
      if (event.key === 'Escape') location.assign(link.href);
    });
  }
}
