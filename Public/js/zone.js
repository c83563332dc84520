// The page was written for a guessed zone; on the first visit it is asked for again in the browser's own.
// <main data-zone="Europe/Oslo">: the zone the page was written in. An address that names a zone is left alone.

export function start([page]) {
  const address = new URL(location.href);
  if (address.searchParams.has('timezone')) return;
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  if (!zone || zone === page.dataset.zone) return;
  address.searchParams.set('timezone', zone);
  location.replace(address);
}
