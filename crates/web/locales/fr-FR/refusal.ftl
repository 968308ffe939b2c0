# Pages de refus : ce qui s'est passé et que faire ensuite.

no-link-title = Ce lien n’est plus valable
no-link-text = Un lien ne fonctionne qu’une fois et pour une durée limitée. Demandez-en un nouveau à { $bank } ; rien de ce que vous avez configuré n’est perdu.
too-often-title = Trop de tentatives
too-often-text = Ce lien a été essayé trop souvent depuis votre réseau. Patientez une minute, puis demandez un nouveau lien à { $bank }.
no-visit-title = Veuillez rouvrir votre lien
no-visit-text = Pour votre sécurité, ces pages se ferment après un certain temps et ne s’ouvrent que dans le navigateur où vous avez ouvert le lien. Demandez un nouveau lien à { $bank } pour continuer.
no-page-title = Il n’y a rien ici
no-page-text = L’adresse est peut-être incomplète. Reprenez là où vous avez commencé.
gone-title = Cette connexion a été supprimée
gone-text = { $bank } a supprimé la connexion que vous avez ouverte. Si cela vous surprend, veuillez vous y adresser.
not-our-form-title = Cet envoi n’a pas pu être vérifié
not-our-form-text = Cet envoi ne vient pas de l’une de ces pages, ou la page est restée ouverte trop longtemps. Rien n’a été modifié. Veuillez réessayer.
not-switched-on-title = Pas encore disponible
not-switched-on-text = { $bank } n’a pas activé { $software } ici. Rien n’a été modifié.
busy-title = Un instant, s’il vous plaît
busy-text = Le service est très sollicité en ce moment. Veuillez réessayer dans un instant.
broken-title = Un problème est survenu
broken-text = Ce n’est pas de votre fait et rien n’a été modifié. Veuillez réessayer ; si le problème persiste, prévenez { $bank }.
not-framed-title = Cette page ne peut pas être affichée ici
not-framed-text = La page d’où vous venez n’a pas le droit de l’afficher. Rien n’a été modifié. Veuillez prévenir les responsables de cette page.
