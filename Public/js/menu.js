// Menus are details elements; here they also close on Escape and when one goes elsewhere.

export function start(menus) {
  for (const menu of menus) {
    const close = () => { menu.open = false; };
    menu.addEventListener('keydown', (event) => {
      if (event.key !== 'Escape' || !menu.open) return;
      close();
      menu.querySelector('summary').focus();
    });
    menu.addEventListener('focusout', (event) => {
      if (event.relatedTarget && !menu.contains(event.relatedTarget)) close();
    });
    document.addEventListener('click', (event) => { if (!menu.contains(event.target)) close(); });
  }
}
