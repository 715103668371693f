# What stands beside the results of someone who writes in Spanish and may be in danger. The rest of
# the page has no Spanish yet and is said in English.

crisis = Si usted u otra persona puede estar en peligro, hable con alguien ahora
crisis-hint = No necesita las palabras exactas ni estar seguro. Estas personas responden de día y de noche:
crisis-call = llame al { $number }
crisis-text = envíe un mensaje al { $number }
crisis-text-word = envíe { $word } al { $number }
crisis-below = Los terapeutas para lo que escribió están más abajo.
crisis-checked = Números revisados el { $date }.
crisis-elsewhere = Números en otros países
crisis-leave = Salir rápido de esta página
crisis-leave-hint = Se abre el tiempo en su lugar. Si alguien puede mirar su teléfono, borre también el historial.

country-US = Estados Unidos
country-CA = Canadá
country-GB = Reino Unido
country-IE = Irlanda
country-AU = Australia
country-NZ = Nueva Zelanda
