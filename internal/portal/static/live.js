// Parts of a page that are marked data-live are drawn anew when something has happened.
// Without this a reload shows the same.
(function () {
  'use strict';
  if (!document.querySelector('[data-live]') || !window.EventSource || location.search.indexOf('as_of=') >= 0) return;
  let busy = false;
  let again = false;

  function place(fresh) {
    document.querySelectorAll('[data-live]').forEach(function (old) {
      const now = fresh.querySelector('[data-live="' + old.getAttribute('data-live') + '"]');
      if (now && now.innerHTML !== old.innerHTML && !old.contains(document.activeElement)) {
        old.parentNode.replaceChild(document.importNode(now, true), old);
      }
    });
  }

  function refresh() {
    if (busy) {
      again = true;
      return;
    }
    busy = true;
    fetch(location.href, { credentials: 'same-origin' }).then(function (answer) {
      if (!answer.ok || answer.redirected) throw new Error('not now');
      return answer.text();
    }).then(function (html) {
      const fresh = new DOMParser().parseFromString(html, 'text/html');
      place(fresh);
      again = again || fresh.body.hasAttribute('data-older');
    }).catch(function () {
      // The next event tries again.
    }).then(function () {
      busy = false;
      if (again) {
        again = false;
        setTimeout(refresh, 1000);
      }
    });
  }

  new EventSource('/live?since=' + document.body.getAttribute('data-head')).onmessage = refresh;
}());
